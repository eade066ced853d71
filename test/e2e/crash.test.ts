import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { DocumentRecord } from '../../src/documents/document-record.ts';
import type { SagaView } from '../../src/ops/saga-view.ts';
import { type Api, createApi, until } from './api.ts';
import { connect, type LocalClients } from './local-clients.ts';
import { launchProgram, makeDataFolder, type Program, startProgram } from './program.ts';
import { createRandom } from './random.ts';
import { type Promised, sendDocuments, sha256 } from './send-documents.ts';

/** How often the program is killed; CRASH_RUNS=100 for the long run. */
const runs = Number(process.env['CRASH_RUNS'] ?? 8);
const seed = Number(process.env['CRASH_SEED'] ?? 20_260_101);
/** From the launch or, in every other run, from when it is ready. */
const longestLifeMs = 2_500;

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

const hasWorked = ({ runtimeStatus, phase }: SagaView): boolean =>
  runtimeStatus === 'Completed' || phase === 'in_review';
const isUnderWay = (saga: SagaView): boolean => /Running|Pending/.test(saga.runtimeStatus) && !hasWorked(saga);

const shaOf = ({ sha256 }: DocumentRecord): string | undefined => sha256;

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
    const promised: Promised = { accepted: new Map(), dropped: new Map() };
    let current: Program | undefined;
    let over = false;
    const sending = sendDocuments(
      () => current,
      promised,
      () => over,
    );
    for (let run = 0; run < runs; run++) {
      const { ready, kill } = launchProgram({ dataDir });
      const isReady = ready.then(
        (program) => void (current = program),
        () => undefined,
      );
      if (run % 2 === 1) await isReady;
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
    await until(
      'the end of all work',
      async () => (await allSagas(api)).filter(isUnderWay),
      (sagas) => sagas.length === 0,
      90_000,
    );
    const sagas = await allSagas(api);
    expect(sagas.filter((saga) => !hasWorked(saga))).toEqual([]);
    const { resources: records } = await local.documents.items.query<DocumentRecord>('SELECT * FROM c').fetchAll();
    const byId = Map.groupBy(records, ({ id }) => id);
    const byName = Map.groupBy(records, ({ name }) => name);
    const places = await placesOf(local);

    expect(promised.accepted.size).toBeGreaterThan(0);
    expect(promised.dropped.size).toBeGreaterThan(0);
    expect(sagas.map(({ instanceId }) => instanceId).toSorted()).toEqual(
      records.map(({ instanceId }) => instanceId).toSorted(),
    );
    for (const [id, hash] of promised.accepted) expect([id, byId.get(id)?.map(shaOf)]).toEqual([id, [hash]]);
    for (const [name, hash] of promised.dropped) expect([name, byName.get(name)?.map(shaOf)]).toEqual([name, [hash]]);
    for (const { id, status, sha256: hash = '' } of records) {
      expect([id, status, places.get(hash)]).toEqual(
        status === 'awaiting_review' ? [id, status, ['incoming']] : [id, 'processed', ['processed']],
      );
    }
    expect(places.size).toBe(records.length);
    console.log(
      `${runs} kills: ${promised.accepted.size} accepted, ${promised.dropped.size} dropped, ${records.length} records`,
    );
  },
);
