import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppSettings } from './app-settings.ts';
import type { CorsSettings } from './http/cors.ts';
import { parsePort } from './parse-port.ts';
import { parseSettingsFile } from './parse-settings-file.ts';

export interface LocalSettings {
  readonly values: AppSettings;
  readonly cors: CorsSettings | undefined;
  readonly port: number | undefined;
}

interface LocalSettingsFile {
  readonly IsEncrypted?: boolean;
  readonly Values?: Readonly<Record<string, unknown>>;
  readonly Host?: { readonly CORS?: string; readonly CORSCredentials?: boolean; readonly LocalHttpPort?: unknown };
}

function readCors({ CORS: origins, CORSCredentials: credentials = false }: LocalSettingsFile['Host'] & {}) {
  if (origins === undefined || origins === '') return undefined;
  if (origins === '*' && credentials) {
    throw new Error('"Host" has CORS "*" with CORSCredentials; name the origins that may send cookies.');
  }
  return { origins: origins.split(',').map((origin) => origin.trim()), credentials };
}

function readPort({ LocalHttpPort: given }: LocalSettingsFile['Host'] & {}): number | undefined {
  if (given === undefined) return undefined;
  const port = parsePort(given);
  if (port === undefined) {
    throw new Error(`"Host" has LocalHttpPort ${JSON.stringify(given)}; expected a number from 0 to 65535.`);
  }
  return port;
}

/**
 * The app's local.settings.json, as Core Tools read it: its `Values`, and CORS and port of its `Host`. Empty where there is no such
 * file.
 *
 * @throws where the file is not JSON, or cannot be meant so.
 */
export function readLocalSettings(appDir: string): LocalSettings {
  const file = join(appDir, 'local.settings.json');
  if (!existsSync(file)) return { values: {}, cors: undefined, port: undefined };
  try {
    const { IsEncrypted, Values = {}, Host = {} } = parseSettingsFile(readFileSync(file, 'utf8')) as LocalSettingsFile;
    if (IsEncrypted) throw new Error('it is encrypted; run `func settings decrypt` first.');
    const values = Object.fromEntries(Object.entries(Values).map(([name, value]) => [name, String(value)]));
    return { values, cors: readCors(Host), port: readPort(Host) };
  } catch (cause) {
    throw new Error(`${file} cannot be used: ${(cause as Error).message}`, { cause });
  }
}
