import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

function readPackageJson(appDir: string): Record<string, unknown> {
  const file = join(appDir, 'package.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`No app in ${appDir}: it has no readable package.json. Give the folder that holds it.`, { cause });
  }
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error(`${file} is not a JSON object.`);
  return { ...value };
}

/**
 * The files named by `main` of the app's package.json, which may be a glob pattern as in Azure.
 *
 * @throws with the remedy when there is no `main` or it matches no file.
 */
export function findEntryPoints(appDir: string): readonly string[] {
  const { main } = readPackageJson(appDir);
  if (typeof main !== 'string' || main === '') {
    throw new Error(
      `The package.json of ${appDir} has no "main". Set it to the file that registers the functions, or to a glob pattern of such files.`,
    );
  }
  const files = globSync(main.replaceAll('\\', '/'), { cwd: appDir }).sort();
  if (files.length === 0) {
    throw new Error(
      `"main" of ${appDir}/package.json is "${main}", which matches no file. Build the app, or correct it.`,
    );
  }
  return files.map((file) => join(appDir, file));
}
