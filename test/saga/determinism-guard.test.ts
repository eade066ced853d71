import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

// The lint rules that keep replayed code deterministic, tried on code that breaks them.

const forbidden = [
  'Date.now()',
  'new Date()',
  'Date()',
  'Math.random()',
  'crypto.randomUUID()',
  'randomUUID()',
  'performance.now()',
  'process.env',
  'setTimeout(f, 1)',
  'setInterval(f, 1)',
  'setImmediate(f)',
  'queueMicrotask(f)',
  'globalThis.setTimeout(f, 1)',
  "fetch('http://example.com')",
  "readFileSync('file')",
  "get('http://example.com')",
];
const header = `import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
const f = () => {};
`;
const folders = ['orchestrators', 'src/saga'];
let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'lint-test-'));
  cpSync('.oxlintrc.json', join(project, '.oxlintrc.json'));
  cpSync('lint', join(project, 'lint'), { recursive: true });
  symlinkSync(resolve('node_modules'), join(project, 'node_modules'));
  for (const folder of folders) {
    mkdirSync(join(project, folder), { recursive: true });
    const lines = forbidden.map((expression, n) => `export const c${n} = ${expression};\n`);
    writeFileSync(join(project, folder, 'breaks-rules.ts'), header + lines.join(''));
    writeFileSync(join(project, folder, 'keeps-rules.ts'), 'export const day = (at: number) => new Date(at);\n');
  }
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

test.each(folders)('lint refuses in %s what a replay would see differently, and nothing else', (folder) => {
  const args = [resolve('node_modules/oxlint/bin/oxlint'), '--format', 'unix', folder];
  const { stdout } = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
  expect(stdout).not.toContain('keeps-rules.ts');
  const lines = new Set([...stdout.matchAll(/breaks-rules\.ts:(\d+):/g)].map(([, line]) => Number(line)));
  const imports = [1, 2, 3];
  const used = new Set(['randomUUID()', "readFileSync('file')", "get('http://example.com')"]);
  const calls = forbidden.flatMap((expression, n) => (used.has(expression) ? [] : [n + 5]));
  expect([...imports, ...calls].filter((line) => !lines.has(line))).toEqual([]);
});
