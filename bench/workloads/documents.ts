import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtFile, measureFolder } from '../bench-host.ts';
import { createClearDocuments, measureExtractionFloor } from '../clear-documents.ts';
import { createDurableClient, type DurableClient } from '../durable-client.ts';
import { mean, percentile, repeat, timed } from '../measure.ts';
import { type Program, startProgram } from '../program.ts';
import type { Figure, Workload } from '../workload.ts';

const atOnce = 16;

export const documentsWorkload: Workload = {
  name: 'documents',
  about: `sample documents posted ${atOnce} at a time to the whole program, until all are processed`,
  async run(setting) {
    const data = join(setting.folder, 'data');
    const pdfs = await createClearDocuments();
    const extractions = await measureExtractionFloor(pdfs);
    const program = await startProgram({
      script: builtFile('src/local/start.js'),
      args: ['--port', '0', '--data', data],
      profileDir: setting.profileDir,
    });
    const memoryBefore = program.memory();
    await processAll(program, pdfs, atOnce);
    const run = await processAll(program, pdfs, setting.documents);
    const memoryAfter = program.memory();
    await program.stop();
    const diskBytes = measureFolder(data) / (atOnce + setting.documents);
    const documentBytes = mean(pdfs.map(({ length }) => length));
    return [
      ...describeRun(run, extractions),
      ...describeMemory(memoryBefore, memoryAfter),
      {
        what: 'disk a document',
        value: diskBytes / 1024,
        unit: 'KB',
        floor: { value: documentBytes / 1024, of: 'the file itself' },
      },
    ];
  },
};

interface Run {
  readonly seconds: number;
  readonly processorSeconds: number;
  /** From the upload to the end of the saga, of the documents that are processed. */
  readonly milliseconds: readonly number[];
  readonly failures: number;
}

async function processAll(program: Program, pdfs: readonly Uint8Array[], count: number): Promise<Run> {
  const client = createDurableClient(program.url);
  const processorBefore = program.processorTime() ?? Number.NaN;
  let uploads: readonly Upload[] = [];
  const seconds = await timed(async () => {
    uploads = await repeat(count, atOnce, (n) => upload(program.url, pdfs[n % pdfs.length]));
    await waitUntilEnded(client, uploads);
  });
  const processorSeconds = (program.processorTime() ?? Number.NaN) - processorBefore;
  const outcomes = await repeat(count, atOnce, (n) => millisecondsToEnd(client, uploads[n]));
  const milliseconds = outcomes.filter((outcome) => outcome !== undefined);
  return { seconds, processorSeconds, milliseconds, failures: count - milliseconds.length };
}

interface Upload {
  readonly instanceId: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
}

async function upload(url: string, pdf: Uint8Array | undefined): Promise<Upload> {
  const sentAt = Date.now();
  const response = await fetch(`${url}/api/documents?name=sample.pdf`, {
    method: 'POST',
    body: Buffer.from(pdf ?? []),
  });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`An upload was answered ${response.status}: ${text}`);
  const { instanceId } = JSON.parse(text) as { instanceId: string };
  return { instanceId, sentAt };
}

const longestStandstillMs = 30_000;

/** Looks at one instance at a time, so that looking costs the program next to nothing. Gives up when nothing ends any more. */
async function waitUntilEnded(client: DurableClient, uploads: readonly Upload[]): Promise<void> {
  let until = Date.now() + longestStandstillMs;
  for (const { instanceId } of uploads) {
    while (!(await hasEnded(client, instanceId))) {
      if (Date.now() > until) return;
      await sleep(20);
    }
    until = Date.now() + longestStandstillMs;
  }
}

async function hasEnded(client: DurableClient, instanceId: string): Promise<boolean> {
  const { runtimeStatus } = await client.status(instanceId);
  return runtimeStatus !== 'Pending' && runtimeStatus !== 'Running';
}

/** Undefined for a document that is not processed, which is told on standard error. */
async function millisecondsToEnd(client: DurableClient, given: Upload | undefined): Promise<number | undefined> {
  if (given === undefined) return undefined;
  const { runtimeStatus, output, historyEvents = [] } = await client.status(given.instanceId, true);
  const end = historyEvents.find(({ EventType }) => EventType === 'ExecutionCompleted');
  const isProcessed = (output as { status?: unknown } | null)?.status === 'processed';
  if (end !== undefined && isProcessed) return Date.parse(end.Timestamp) - given.sentAt;
  process.stderr.write(`${given.instanceId} is ${runtimeStatus}: ${JSON.stringify(output)}\n`);
  return undefined;
}

const time = (what: string, value: number): Figure => ({ what: `upload to end, ${what}`, value, unit: 'ms' });

const memory = (what: string, value: number): Figure => ({ what: `memory ${what}`, value, unit: 'MB' });

function describeRun({ seconds, processorSeconds, milliseconds, failures }: Run, extractions: number): Figure[] {
  const processed = milliseconds.length;
  return [
    {
      what: 'documents',
      value: (processed / seconds) * 60,
      unit: '1/min',
      floor: { value: extractions, of: 'read and extracted by one thread, nothing stored' },
    },
    { what: 'sagas completed', value: processed / seconds, unit: '1/s' },
    time('mean', mean(milliseconds)),
    time('p50', percentile(milliseconds, 0.5)),
    time('p95', percentile(milliseconds, 0.95)),
    time('p99', percentile(milliseconds, 0.99)),
    { what: 'failures', value: failures, unit: '', mustBe: 0 },
    { what: 'processor time a document', value: (processorSeconds / processed) * 1000, unit: 'ms' },
  ];
}

function describeMemory(before: ReturnType<Program['memory']>, after: ReturnType<Program['memory']>): Figure[] {
  if (before === undefined || after === undefined) return [];
  return [memory('before', before.now), memory('at peak', after.peak), memory('after', after.now)];
}
