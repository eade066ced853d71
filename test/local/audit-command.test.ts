import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createTrail } from '../../src/audit/create-trail.ts';
import { renderJsonLines } from '../../src/audit/render-trail.ts';
import { history } from '../audit/histories.ts';
import { runScript } from './run-script.ts';

// `npm run audit`, as a process of its own; test/e2e tries it with the app.

const folder = mkdtempSync(join(tmpdir(), 'audit-command-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const audit = (...args: readonly string[]) => runScript('src/local/audit.ts', ...args);

function write(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const usage = expect.stringContaining('Usage: npm run audit') as string;

it('asked for help it says how it is used, and so it does, with exit code 2, where it was not used so', () => {
  expect(audit('--help')).toMatchObject({ status: 0, stdout: usage, stderr: '' });
  expect(audit('verify')).toMatchObject({ status: 2, stderr: usage });
  expect(audit('verify', 'x', '--pubic-key', 'y')).toMatchObject({ status: 2, stderr: usage });
});

it('a key can check nothing in a trail that is not signed, and is no private one', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const file = write('trail.jsonl', renderJsonLines(createTrail(history('rewound'))));
  expect(audit('verify', file, '--public-key', write('public.pem', publicKey))).toMatchObject({
    status: 1,
    stdout: `${file} is whole, but nobody vouches for it:\n- it is not signed, so the key can check nothing\n`,
  });
  expect(audit('verify', file, '--public-key', write('private.pem', privateKey))).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringContaining('the key is a private one') as string,
  });
});
