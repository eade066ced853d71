import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** By name; the app sees them as its environment. */
export type AppSettings = Readonly<Record<string, string | undefined>>;

/**
 * Puts app settings in the place of their names: `%QUEUE_NAME%`.
 *
 * @throws for a name that has no setting.
 */
export function resolveSettings(text: string, env: AppSettings): string {
  return text.replaceAll(/%([^%]+)%/g, (whole, name: string) => {
    const value = env[name];
    if (value === undefined) throw new Error(`${whole} names the app setting "${name}", which is not set.`);
    return value;
  });
}

/**
 * The `Values` of the app's local.settings.json, as Core Tools read them; none where there is no such file.
 *
 * @throws where the file is not JSON.
 */
export function readLocalSettings(appDir: string): AppSettings {
  const file = join(appDir, 'local.settings.json');
  if (!existsSync(file)) return {};
  try {
    const { Values: values = {} } = JSON.parse(readFileSync(file, 'utf8')) as { Values?: Record<string, unknown> };
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  } catch (cause) {
    throw new Error(`${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
}
