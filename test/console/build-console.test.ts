import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { buildConsole } from '../../src/console/build-console.ts';

it('is under 150 KB in all, as it travels, and asks nobody else for anything', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'console-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  await buildConsole(folder);
  const files = readdirSync(folder).map((name) => ({ name, content: readFileSync(join(folder, name)) }));
  const total = files.reduce((sum, { content }) => sum + gzipSync(content).length, 0);
  expect(total).toBeLessThan(150 * 1024);
  const sources = files.filter(({ name }) => /\.(html|css|js)$/.test(name)).map(({ content }) => content.toString());
  const asked = sources.flatMap(
    (text) => text.match(/\b(?:src|href)=["']https?:|url\(["']?https?:|import\(["']http/g) ?? [],
  );
  expect(asked).toEqual([]);

  // Where the app is deployed, nothing but what is under /api leads to it.
  const beside =
    files
      .find(({ name }) => name === 'console.css')
      ?.content.toString()
      .matchAll(/url\((.+?)\)/g) ?? [];
  expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining([...beside].map(([, path]) => path)));
});
