import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createDurableInstances, type Instance } from '../azure/durable-instances.ts';
import { documentRecordSchema } from '../documents/document-record.ts';
import { createConsoleLog } from '../host/index.ts';
import { drawHistory } from './draw-history.ts';
import { createSampleDocument, sampleDocuments } from './sample-documents.ts';
import { type Program, startProgram } from './start-program.ts';

// `npm run demo`: three documents, three fates, and what the history kept of each.

const print = (line = ''): void => void process.stdout.write(`${line}\n`);
const title = (text: string): void => print(`\n${process.stdout.isTTY ? `\u001B[1m${text}\u001B[0m` : text}\n`);

const acceptedSchema = z.object({ instanceId: z.string(), documentId: z.string() });
type Accepted = z.infer<typeof acceptedSchema>;
const reviewsSchema = z.object({
  reviews: z.array(z.object({ instanceId: z.string(), of: z.object({ doubts: z.array(z.string()) }) })),
});

const dataDir = mkdtempSync(join(tmpdir(), 'durable-saga-demo-'));
try {
  await run();
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
// Service Bus clients that are closed while they wait for a session keep their timers, of a minute, and with them the process.
process.exit();

async function run(): Promise<void> {
  const program = await startProgram({
    port: 0,
    dataDir,
    servicePorts: {},
    settings: process.env,
    onCrash: (error) => {
      throw error;
    },
    log: createConsoleLog({ default: 'none', Function: 'information', 'Function.sagaGate': 'none' }, (line) =>
      process.stdout.write(`  ${line}`),
    ),
  });
  try {
    await show(program.host.url);
  } finally {
    await program.close();
  }
}

async function show(url: Program['host']['url']): Promise<void> {
  const api = createApi(url);
  const [clear] = sampleDocuments;
  const unclear = sampleDocuments.at(-1);
  if (clear === undefined || unclear === undefined) throw new Error('invariant: there are sample documents');

  title(`1. A clear invoice passes by itself: ${clear.name}`);
  const passed = await api.upload(clear.name, await createSampleDocument(clear));
  await api.ended(passed);
  await api.showRecord(passed);

  title(`2. An unclear one waits for a person: ${unclear.name}`);
  const reviewed = await api.upload(unclear.name, await createSampleDocument(unclear));
  const doubts = await api.openReview(reviewed);
  print(`\n  a person looks at: ${doubts.join('; ')}\n`);
  const data = { corrections: { totalAmount: 161, currency: 'GBP', issueDate: '2026-05-04' } };
  await api.post(`sagas/${reviewed.instanceId}/reviews/extraction`, {
    decision: 'approve',
    data,
    by: 'demo',
    reason: 'read from the paper',
  });
  await api.ended(reviewed);
  await api.showRecord(reviewed);

  title('3. Extraction is down: retries on durable timers, then compensation, then the gate');
  await api.post('dev/faults', { extraction: 'off' });
  const rewound = await api.upload(`late-${clear.name}`, await createSampleDocument(clear));
  await api.ended(rewound);
  await api.showRecord(rewound);
  print('\n  the outage ends, and an operator rewinds:\n');
  await api.post('dev/faults', { extraction: 'on' });
  await api.post(`sagas/${rewound.instanceId}/rewind`, { by: 'demo', reason: 'the outage is over' });
  await api.ended(rewound);
  await api.showRecord(rewound);

  title('What happened, from the orchestration history alone');
  for (const [name, accepted] of [
    [clear.name, passed],
    [unclear.name, reviewed],
    [`late-${clear.name}`, rewound],
  ] as const) {
    print(`  ${name}`);
    for (const line of drawHistory(await api.history(accepted))) print(`    ${line}`);
    print();
  }
}

function createApi(url: string) {
  const instances = createDurableInstances(`${url}/runtime/webhooks/durabletask`);
  const call = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await fetch(`${url}/api/${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const history = async ({ instanceId }: Accepted): Promise<Instance> => {
    const instance = await instances.get(instanceId, { history: true });
    if (instance === undefined) throw new Error(`instance ${instanceId} is gone`);
    return instance;
  };
  return {
    history,
    post: (path: string, body: unknown) => call(path, { method: 'POST', body: JSON.stringify(body) }),
    async upload(name: string, content: Uint8Array): Promise<Accepted> {
      const body = Buffer.from(content);
      return acceptedSchema.parse(await call(`documents?name=${encodeURIComponent(name)}`, { method: 'POST', body }));
    },
    async ended(accepted: Accepted): Promise<void> {
      while (!['Completed', 'Failed'].includes((await history(accepted)).runtimeStatus)) await sleep(50);
    },
    async openReview({ instanceId }: Accepted): Promise<readonly string[]> {
      for (;;) {
        const { reviews } = reviewsSchema.parse(await call('reviews'));
        const open = reviews.find((review) => review.instanceId === instanceId);
        if (open !== undefined) return open.of.doubts;
        await sleep(50);
      }
    },
    async showRecord({ documentId }: Accepted): Promise<void> {
      const record = documentRecordSchema.parse(await call(`documents/${documentId}`));
      print(`\n  record: ${record.status}${record.error === undefined ? '' : ` (${record.error.code})`}`);
      for (const [name, field] of Object.entries(record.extraction?.fields ?? {})) {
        if (field)
          print(`    ${name.padEnd(20)} ${String(field.value).padEnd(28)} ${Math.round(field.confidence * 100)} %`);
      }
    },
  };
}
