import type { AppSettings } from '../app-settings.ts';
import type { Clock } from '../clock.ts';
import type { ServiceClients } from '../connections/service-clients.ts';
import { triggerOf } from '../triggers/function-fault.ts';
import type { AppFunction, Binding, Invocation, InvocationResult, TypedData } from '../worker/contract.ts';
import type { BindingCall } from './binding-call.ts';
import { computeBindingData } from './binding-data.ts';
import { evaluateExpression, resolveExpressions } from './binding-expression.ts';
import { inputBindings, outputBindings } from './known-bindings.ts';
import { readSetting } from './read-setting.ts';

/** What one function has beside its trigger. */
export interface FunctionBindings {
  /** The values of its inputs. @throws naming the binding that cannot be read */
  read(invocation: Invocation): Promise<ReadonlyMap<string, TypedData>>;
  /** Writes what the function put into its outputs. @throws naming the binding that cannot be written */
  write(invocation: Invocation, result: InvocationResult & { readonly ok: true }): Promise<void>;
}

export interface BindingsContext {
  readonly clients: ServiceClients;
  readonly env: AppSettings;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Undefined for a function that has none. */
export function createFunctionBindings(fn: AppFunction, context: BindingsContext): FunctionBindings | undefined {
  const inputs = fn.bindings.filter(({ type, direction }) => direction === 'in' && inputBindings[type]);
  const outputs = fn.bindings.filter(({ type, direction }) => direction === 'out' && outputBindings[type]);
  if (inputs.length === 0 && outputs.length === 0) return undefined;
  const triggerName = triggerOf(fn)?.name ?? '';
  const calls = (invocation: Invocation) => {
    const data = computeBindingData(invocation, triggerName);
    const names = { data, functionName: fn.name, now: () => context.clock.now(), newId: context.newId };
    return (binding: Binding): BindingCall => ({
      binding,
      clients: context.clients,
      text: (name) => resolveExpressions(readSetting(binding, name, context.env), names),
      evaluate: (expression) => evaluateExpression(expression, names),
    });
  };
  return {
    async read(invocation) {
      const callOf = calls(invocation);
      const read = async (binding: Binding) =>
        [binding.name, await explain(binding, () => inputBindings[binding.type]?.(callOf(binding)))] as const;
      return new Map(await Promise.all(inputs.map(read)));
    },
    async write(invocation, { returnValue, outputs: values }) {
      const callOf = calls(invocation);
      for (const binding of outputs) {
        const value = binding.name === '$return' ? returnValue : values.get(binding.name);
        if (value === undefined) continue;
        await explain(binding, () => outputBindings[binding.type]?.(callOf(binding), value));
      }
    },
  };
}

async function explain<T>(binding: Binding, use: () => Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await use();
  } catch (cause) {
    const what = `${binding.direction}put binding of type "${binding.type}"`;
    throw new Error(`The ${what} failed: ${(cause as Error).message}`, { cause });
  }
}
