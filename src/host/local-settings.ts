import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppSettings } from './app-settings.ts';
import type { CorsSettings } from './http/cors.ts';

export interface LocalSettings {
  readonly values: AppSettings;
  readonly cors: CorsSettings | undefined;
}

interface LocalSettingsFile {
  readonly Values?: Readonly<Record<string, unknown>>;
  readonly Host?: { readonly CORS?: string; readonly CORSCredentials?: boolean };
}

function readCors({ CORS: origins, CORSCredentials: credentials = false }: LocalSettingsFile['Host'] & {}) {
  if (origins === undefined || origins === '') return undefined;
  if (origins === '*' && credentials) {
    throw new Error('"Host" has CORS "*" with CORSCredentials; name the origins that may send cookies.');
  }
  return { origins: origins.split(',').map((origin) => origin.trim()), credentials };
}

/**
 * The app's local.settings.json, as Core Tools read it: its `Values`, and CORS of its `Host`. Empty where there is no such file.
 *
 * @throws where the file is not JSON, or cannot be meant so.
 */
export function readLocalSettings(appDir: string): LocalSettings {
  const file = join(appDir, 'local.settings.json');
  if (!existsSync(file)) return { values: {}, cors: undefined };
  try {
    const { Values = {}, Host = {} } = JSON.parse(readFileSync(file, 'utf8')) as LocalSettingsFile;
    const values = Object.fromEntries(Object.entries(Values).map(([name, value]) => [name, String(value)]));
    return { values, cors: readCors(Host) };
  } catch (cause) {
    throw new Error(`${file} cannot be used: ${(cause as Error).message}`, { cause });
  }
}
