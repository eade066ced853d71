import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { DocumentRecord } from '../../src/documents/document-record.ts';
import type { SagaView } from '../../src/ops/saga-view.ts';
import { type Accepted, type Api, createApi, until } from './api.ts';
import { connect, type LocalClients } from './local-clients.ts';
import { launchProgram, makeDataFolder, type Program, startProgram } from './program.ts';
import { createRandom } from './random.ts';
import { sample } from './sample.ts';

/** How often the program is killed; CRASH_RUNS=100 for the long run. */
const runs = Number(process.env['CRASH_RUNS'] ?? 8);
const seed = Number(process.env['CRASH_SEED'] ?? 20_260_101);
const longestLifeMs = 4_000;

const invoice = await sample('harbor-pine-invoice.pdf');
const unsure = await sample('unclear-invoice.pdf');
const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Bytes behind a PDF's end are allowed, and make each one a file of its own. */
const numbered = (n: number): Buffer => Buffer.concat([n % 5 === 0 ? unsure : invoice, Buffer.from(`\n% ${n}\n`)]);

/** What was promised to senders, while the program comes and goes. */
interface Promises {
  /** By document id: the SHA-256 of its content. */
  readonly accepted: Map<string, string>;
  /** By blob name. */
  readonly dropped: Map<string, string>;
}

/** Sends documents for as long as the program lives; a sender with an Idempotency-Key asks again until it is answered. */
function sendDocuments(
  current: () => Program | undefined,
  promises: Promises,
  isOver: () => boolean,
): Promise<unknown> {
  let count = 0;
  const post = async (withKey: boolean): Promise<void> => {
    const n = count++;
    const content = numbered(n);
    do {
      const url = current()?.url;
      const headers: Record<string, string> = withKey ? { 'idempotency-key': `key-${n}` } : {};
      const answer =
        url === undefined
          ? undefined
          : await fetch(`${url}/api/documents?name=${n}.pdf`, { method: 'POST', headers, body: content }).then(
              async (response) => (response.status === 202 ? ((await response.json()) as Accepted) : undefined),
              () => undefined,
            );
      if (answer !== undefined) {
        promises.accepted.set(answer.documentId, sha256(content));
        return;
      }
      await sleep(20);
    } while (withKey && !isOver());
  };
  const drop = async (): Promise<void> => {
    const program = current();
    if (program === undefined) return;
    const content = numbered(count++);
    const name = `dropped-${sha256(content).slice(0, 8)}.pdf`;
    const local = connect(program.connections, { maxTries: 1 });
    await local.dropBlob(name, content).then(
      () => promises.dropped.set(name, sha256(content)),
      () => undefined,
    );
    await local.close();
  };
  const repeat = async (send: () => Promise<void>): Promise<void> => {
    while (!isOver()) {
      await send();
      await sleep(20);
    }
  };
  return Promise.all([repeat(() => post(true)), repeat(() => post(true)), repeat(() => post(false)), repeat(drop)]);
}

async function allSagas(api: Api): Promise<SagaView[]> {
  const sagas: SagaView[] = [];
  let continuation: string | undefined;
  do {
    const after = continuation === undefined ? '' : `&continuation=${continuation}`;
    const page = await api.get<{ sagas: SagaView[]; continuation?: string }>(`/api/sagas?top=200${after}`);
    sagas.push(...page.body.sagas);
    continuation = page.body.continuation;
  } while (continuation !== undefined);
  return sagas;
}

const isSettled = ({ runtimeStatus, phase }: SagaView): boolean =>
  runtimeStatus === 'Completed' || phase === 'in_review';

/** The containers that hold each content, by SHA-256. */
async function placesOf(local: LocalClients): Promise<Map<string, string[]>> {
  const places = new Map<string, string[]>();
  for (const container of ['incoming', 'processed', 'failed']) {
    for (const name of await local.blobNames(container)) {
      const hash = sha256(Buffer.from(await local.readBlob(container, name), 'latin1'));
      places.set(hash, [...(places.get(hash) ?? []), container]);
    }
  }
  return places;
}

it(
  `keeps every promise over ${runs} kills at any instant (CRASH_SEED=${seed})`,
  { timeout: runs * 10_000 + 120_000 },
  async () => {
    const dataDir = await makeDataFolder(onTestFinished);
    const random = createRandom(seed);
    const promises: Promises = { accepted: new Map(), dropped: new Map() };
    let current: Program | undefined;
    let over = false;
    const sending = sendDocuments(
      () => current,
      promises,
      () => over,
    );
    for (let run = 0; run < runs; run++) {
      const { ready, kill } = launchProgram({ dataDir });
      ready.then(
        (program) => (current = program),
        () => undefined,
      );
      await sleep(random() * longestLifeMs);
      current = undefined;
      await kill();
    }
    current = await startProgram({ dataDir });
    const { url, connections, kill } = current;
    onTestFinished(kill);
    await sleep(500);
    over = true;
    await sending;

    const api = createApi(url);
    const local = connect(connections);
    onTestFinished(() => local.close());
    await until('an empty queue', local.queuedMessages, (count) => count === 0);
    const sagas = await until(
      'all sagas settled',
      () => allSagas(api),
      (found) => found.every(isSettled),
      90_000,
    );
    const { resources: records } = await local.documents.items.query<DocumentRecord>('SELECT * FROM c').fetchAll();
    const byId = Map.groupBy(records, ({ id }) => id);
    const places = await placesOf(local);

    expect(promises.accepted.size).toBeGreaterThan(0);
    expect(promises.dropped.size).toBeGreaterThan(0);
    expect(sagas.map(({ instanceId }) => instanceId).toSorted()).toEqual(
      records.map(({ instanceId }) => instanceId).toSorted(),
    );
    for (const [id, hash] of promises.accepted) {
      expect(
        byId.get(id)?.map((record) => record.sha256),
        `records of ${id}`,
      ).toEqual([hash]);
    }
    for (const [name, hash] of promises.dropped) {
      expect(
        records.filter((record) => record.name === name).map((record) => record.sha256),
        name,
      ).toEqual([hash]);
    }
    for (const { id, status, sha256: hash = '' } of records) {
      expect([id, status, places.get(hash)]).toEqual(
        status === 'awaiting_review' ? [id, status, ['incoming']] : [id, 'processed', ['processed']],
      );
    }
    expect(places.size).toBe(records.length);
    console.log(
      `${runs} kills: ${promises.accepted.size} accepted, ${promises.dropped.size} dropped, ${records.length} records`,
    );
  },
);
