import type { AppSettings } from './app-settings.ts';

/**
 * Whether `AzureWebJobs.<name>.Disabled` is set, in this form or in the one of systems whose names have no dots, or host.json lists
 * the functions that run and this is none of them.
 *
 * @param listed `functions` of host.json.
 */
export function isDisabled(functionName: string, listed: readonly string[] | undefined, env: AppSettings): boolean {
  const dotted = `AzureWebJobs.${functionName}.Disabled`;
  const value = env[dotted] ?? env[dotted.replaceAll('.', '_')];
  if (value === '1' || value?.toLowerCase() === 'true') return true;
  const isListed = listed?.some((name) => name.toLowerCase() === functionName.toLowerCase());
  return isListed === false && listed?.length !== 0;
}
