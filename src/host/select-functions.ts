import type { AppSettings } from './app-settings.ts';
import { isDisabled } from './disabled-functions.ts';
import type { FunctionFaults } from './function-faults.ts';
import { computeFunctionFault } from './triggers/function-fault.ts';
import type { AppFunction } from './worker/contract.ts';

/** Those functions that run: not disabled, and with bindings that this host has. Of the others the faults are told. */
export function selectFunctions(
  functions: readonly AppFunction[],
  listed: readonly string[] | undefined,
  env: AppSettings,
  faults: FunctionFaults,
): readonly AppFunction[] {
  return functions.filter((fn) => {
    if (isDisabled(fn.name, listed, env)) return false;
    const fault = computeFunctionFault(fn);
    if (fault !== undefined) faults.add(fn, fault);
    return fault === undefined;
  });
}
