import type { AppSettings } from './app-settings.ts';

/** Whether `AzureWebJobs.<name>.Disabled` is set, in this form or in the one of systems whose names have no dots. */
export function isDisabled(functionName: string, env: AppSettings): boolean {
  const dotted = `AzureWebJobs.${functionName}.Disabled`;
  const value = env[dotted] ?? env[dotted.replaceAll('.', '_')];
  return value === '1' || value?.toLowerCase() === 'true';
}
