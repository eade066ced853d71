import type { AppSettings } from './app-settings.ts';

const prefix = /^AzureFunctionsJobHost(?:__|:)/i;

/** host.json with what app settings such as `AzureFunctionsJobHost__extensions__http__routePrefix` put over it. */
export function overrideHostJson(document: unknown, env: AppSettings): unknown {
  const overrides = Object.entries(env).filter(([name, value]) => value !== undefined && prefix.test(name));
  return overrides.reduce(
    (result, [name, value]) => replaceAt(result, name.replace(prefix, '').split(/__|:/), value),
    document,
  );
}

function replaceAt(document: unknown, [name, ...below]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const object =
    typeof document === 'object' && document !== null ? (document as Readonly<Record<string, unknown>>) : {};
  const known = Object.keys(object).find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
  return { ...object, [known]: replaceAt(object[known], below, value) };
}
