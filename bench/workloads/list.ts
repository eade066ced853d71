import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtFile } from '../bench-host.ts';
import { createClearDocuments } from '../clear-documents.ts';
import { percentile, repeat, timed } from '../measure.ts';
import { type Program, startProgram } from '../program.ts';
import type { Figure, Setting, Workload } from '../workload.ts';

const instances = 10_000;
const originals = 20;
const looks = 15;

const lists: readonly (readonly [what: string, path: string])[] = [
  ['first page', '/api/sagas?top=50'],
  ['first page with counts', '/api/sagas?top=50&counts=true'],
  ['one phase', '/api/sagas?top=50&phase=completed'],
  ['a search that looks at all', '/api/sagas?top=50&q=nothing'],
];

export const listWorkload: Workload = {
  name: 'list',
  about: `the list of sagas, as the console asks for it, among ${instances} instances`,
  async run(setting) {
    const data = join(setting.folder, 'data');
    const start = (): Promise<Program> => startApp(data, setting);
    const first = await start();
    await runOriginals(first);
    await first.stop();
    const file = join(data, 'host', 'durable.db');
    copyInstances(file);
    const floor = measureFloor(file);
    const program = await start();
    const figures: Figure[] = [];
    for (const [what, path] of lists) {
      const value = await medianMilliseconds(() => getOk(`${program.url}${path}`));
      figures.push({
        what: `${what}, median`,
        value,
        unit: 'ms',
        floor: { value: floor, of: 'SQLite: 50 newest rows, all counted' },
      });
    }
    await program.stop();
    return figures;
  },
};

const startApp = (data: string, { profileDir }: Setting): Promise<Program> =>
  startProgram({ script: builtFile('src/local/start.js'), args: ['--port', '0', '--data', data], profileDir });

/** Documents that are processed: their instances are what the list has to show. */
async function runOriginals({ url }: Program): Promise<void> {
  const pdfs = await createClearDocuments();
  const ids = await repeat(originals, 4, async (n) => {
    const body = Buffer.from(pdfs[n % pdfs.length] ?? []);
    const response = await fetch(`${url}/api/documents?name=sample.pdf`, { method: 'POST', body });
    return ((await response.json()) as { instanceId: string }).instanceId;
  });
  for (const id of ids) {
    while (!(await getOk(`${url}/api/sagas/${id}`)).includes('"Completed"')) await sleep(20);
  }
}

/** As many instances as there have to be, where running them would take minutes. */
function copyInstances(file: string): void {
  const database = new DatabaseSync(file);
  const columns = 'executionId, name, version, parent, generation, input, runtimeStatus, output, customStatus';
  database.exec(`
    INSERT INTO instances (id, ${columns}, createdAt, updatedAt)
    WITH RECURSIVE copies (n) AS (SELECT ${originals} UNION ALL SELECT n + 1 FROM copies WHERE n < ${instances - 1}),
      numbered AS (SELECT *, row_number() OVER () - 1 AS place FROM instances WHERE id NOT LIKE '@%')
    SELECT 'instance-' || n, ${columns}, strftime('%Y-%m-%dT%H:%M:%fZ', createdAt, -n || ' seconds'), updatedAt
    FROM copies JOIN numbered ON place = n % ${originals}`);
  database.close();
}

/** The same rows and counts, as the store itself gives them. */
function measureFloor(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare('SELECT * FROM instances ORDER BY createdAt DESC LIMIT 50');
  const counts = database.prepare('SELECT runtimeStatus, name, count(*) FROM instances GROUP BY runtimeStatus, name');
  const times = Array.from({ length: looks }, () => {
    const since = performance.now();
    rows.all();
    counts.all();
    return performance.now() - since;
  });
  database.close();
  return percentile(times, 0.5);
}

async function medianMilliseconds(work: () => Promise<unknown>): Promise<number> {
  const seconds = await repeat(looks, 1, () => timed(work));
  return percentile(seconds, 0.5) * 1000;
}

async function getOk(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`GET ${url} was answered ${response.status}: ${text}`);
  return text;
}
