import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

// `node src/console/build-console.ts <folder>`: the console as it is served, in one script, so that a page costs the app few calls.

const here = fileURLToPath(new URL('.', import.meta.url));
const packageFile = createRequire(import.meta.url).resolve;

const files = [
  ...['index.html', 'console.css', 'icon.svg'].map((name) => join(here, name)),
  packageFile('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'),
  packageFile('@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2'),
];

export async function buildConsole(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const bundle = await rolldown({
    input: join(here, 'main.tsx'),
    tsconfig: join(here, 'tsconfig.json'),
    logLevel: 'warn',
  });
  await bundle.write({ file: join(folder, 'console.js'), minify: true });
  await bundle.close();
  await Promise.all(files.map((file) => copyFile(file, join(folder, basename(file)))));
}

const [, script, folder] = process.argv;
if (script === fileURLToPath(import.meta.url)) {
  if (folder === undefined) throw new Error('the folder to build into is missing: node build-console.ts dist/console');
  await buildConsole(folder);
}
