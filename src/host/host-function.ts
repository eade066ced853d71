import type { FunctionFaults } from './function-faults.ts';
import type { HttpRoute } from './http/http-routes.ts';
import { triggerOf } from './triggers/function-fault.ts';
import type { AppFunction, Binding } from './worker/contract.ts';

/** What the host tells of a function. */
export interface HostFunction {
  readonly name: string;
  readonly trigger: string;
  readonly bindings: readonly Binding[];
  /** Of an HTTP function. */
  readonly url?: string;
  /** Of an HTTP function, in upper case; empty for all. */
  readonly methods?: readonly string[];
  /** Why the function does not run; the others do. */
  readonly fault?: string;
  readonly isDisabled: boolean;
}

export interface DescribeOptions {
  readonly baseUrl: string;
  readonly routes: readonly HttpRoute[];
  readonly faults: FunctionFaults;
  readonly isDisabled: (functionName: string) => boolean;
}

export function describeFunction(
  fn: AppFunction,
  { baseUrl, routes, faults, isDisabled }: DescribeOptions,
): HostFunction {
  const { name, bindings } = fn;
  const fault = faults.of(name);
  const route = routes.find(({ functionName }) => functionName === name);
  return {
    name,
    bindings,
    trigger: triggerOf(fn)?.type ?? '',
    isDisabled: isDisabled(name),
    ...(route && {
      url: `${baseUrl}/${route.text}`,
      methods: route.methods.map((method) => method.toUpperCase()),
    }),
    ...(fault !== undefined && { fault }),
  };
}
