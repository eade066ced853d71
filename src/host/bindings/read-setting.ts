import { resolveSettings, type AppSettings } from '../app-settings.ts';
import type { Binding } from '../worker/contract.ts';

/** A text of a binding with app settings in the place of their names; empty where there is none. @throws for a missing setting */
export function readSetting(binding: Binding, name: string, env: AppSettings): string {
  const value = binding[name];
  return typeof value === 'string' ? resolveSettings(value, env) : '';
}
