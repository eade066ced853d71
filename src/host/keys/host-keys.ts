import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of extensions that are called over webhooks; named as Functions names them. */
export type SystemKeyName = 'durabletask_extension' | 'eventgrid_extension' | 'blobs_extension';

/** The keys of an app, as Functions has them: they are secrets, and every holder may do what they open. */
export interface HostKeys {
  /** Opens everything. */
  readonly master: string;
  /** Opens every function. */
  readonly functions: Readonly<Record<string, string>>;
  readonly system: Readonly<Record<SystemKeyName, string>>;
  /** Each opens one function. */
  readonly byFunction: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const newKey = () => randomBytes(40).toString('base64url');

function completeKeys(found: Partial<HostKeys>, functionNames: readonly string[]): HostKeys {
  const own = functionNames.map((name) => [name, found.byFunction?.[name] ?? { default: newKey() }] as const);
  return {
    master: found.master ?? newKey(),
    functions: found.functions ?? { default: newKey() },
    system: {
      durabletask_extension: newKey(),
      eventgrid_extension: newKey(),
      blobs_extension: newKey(),
      ...found.system,
    },
    byFunction: { ...found.byFunction, ...Object.fromEntries(own) },
  };
}

/**
 * The keys in `keys.json` of the data folder; what is missing there is made and kept.
 *
 * @throws where the file is not JSON.
 */
export function openHostKeys(dataDir: string, functionNames: readonly string[]): HostKeys {
  const file = join(dataDir, 'keys.json');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '{}';
  let found: Partial<HostKeys>;
  try {
    found = JSON.parse(text) as Partial<HostKeys>;
  } catch (cause) {
    throw new Error(`${file} is not JSON: ${(cause as Error).message}. Mend it, or delete it to have new keys made.`, {
      cause,
    });
  }
  const keys = completeKeys(found, functionNames);
  const complete = `${JSON.stringify(keys, null, 2)}\n`;
  if (complete !== text) {
    writeFileSync(`${file}.new`, complete);
    chmodSync(`${file}.new`, 0o600);
    renameSync(`${file}.new`, file);
  }
  return keys;
}
