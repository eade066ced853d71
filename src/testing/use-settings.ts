import type { AppSettings } from '../host/app-settings.ts';

function put(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** Puts settings into this process's environment; the answer puts back what was there. */
export function useSettings(settings: AppSettings): () => void {
  const before = Object.keys(settings).map((name) => [name, process.env[name]] as const);
  for (const [name, value] of Object.entries(settings)) put(name, value);
  return () => {
    for (const [name, value] of before) put(name, value);
  };
}
