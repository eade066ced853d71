import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runScript } from '../local/run-script.ts';

// `npm run replay`, as a process of its own.

const recorded = join(import.meta.dirname, 'order-rewound.json');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'replay-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const replay = (...args: readonly string[]) => runScript('src/replay/main.ts', ...args);

function write(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

test('a history that today’s code repeats: it says so, and exits with 0', () => {
  const { status, stdout } = replay(recorded);
  expect(stdout).toMatch(/order-rewound\.json: fulfilOrder order-ord-\w+ replays the same: 25 calls and timers/);
  expect(status).toBe(0);
});

test('one of two differs: it names the step, what was recorded and what the code does now, and exits with 1', () => {
  const changed = write('changed.json', readFileSync(recorded, 'utf8').replaceAll('scheduleShipping', 'bookCourier'));
  const { status, stdout } = replay(recorded, changed);
  expect(stdout).toContain('order-rewound.json: fulfilOrder');
  expect(stdout).toMatch(/changed\.json: fulfilOrder \S+ does not replay \(version 1\)\.\n {2}call or timer \d+\n/);
  expect(stdout).toMatch(/recorded: bookCourier, \S+\/main\/bookCourier#1\/do, attempt 1\n/);
  expect(stdout).toMatch(/now: +scheduleShipping, \S+\/main\/scheduleShipping#1\/do, attempt 1\n/);
  expect(status).toBe(1);
});

test('what is no history, and no file, is said, and the others are replayed all the same', () => {
  const broken = write('broken.json', '{}');
  const { status, stdout, stderr } = replay(broken, join(folder, 'absent.json'), recorded);
  expect(stderr).toMatch(/broken\.json cannot be replayed: this is no history/);
  expect(stderr).toMatch(/absent\.json cannot be replayed: ENOENT/);
  expect(stdout).toContain('replays the same');
  expect(status).toBe(1);
});

test('what is too large for a history is not there without the storage, and that is said', () => {
  const large = write(
    'large.json',
    readFileSync(recorded, 'utf8').replace('"input":', '"claimed": { "$claim": {} }, "input":'),
  );
  const { status, stderr } = replay(large);
  expect(stderr).toContain(
    'large.json cannot be replayed: it refers to values that were too large for it: set AzureWebJobsStorage',
  );
  expect(status).toBe(1);
});

test('another app is taken with --app', () => {
  write('package.json', JSON.stringify({ main: 'app.mjs' }));
  write(
    'app.mjs',
    `import * as df from 'durable-functions';
df.app.orchestration('other', function* () {});
`,
  );
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const { status, stderr } = replay(recorded, '--app', folder);
  expect(stderr).toContain("there is no saga 'fulfilOrder' any more; known are: other.");
  expect(status).toBe(1);
});

test('asked for help it says how it is used, and so it does, with exit code 2, where it was not used so', () => {
  const usage = expect.stringContaining('Usage: npm run replay') as string;
  expect(replay('--help')).toMatchObject({ status: 0, stdout: usage, stderr: '' });
  expect(replay()).toMatchObject({ status: 2, stderr: usage });
  expect(replay('--ap', 'x')).toMatchObject({ status: 2, stderr: usage });
});
