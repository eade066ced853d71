import { createRequire, registerHooks } from 'node:module';
import type { AppFunction, Invocation, InvocationResult, Invoke } from '../../../src/host/worker/contract.ts';
import { toAppFunction, toCoreRequest, toTypedData } from '../../../src/host/worker/core-conversions.ts';
import type { CoreInvocationContext } from '../../../src/host/worker/core-types.ts';
import type { RegisteredFunction } from './functions-core.ts';

const functionsCore = '@azure/functions-core';

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === functionsCore
      ? { url: new URL('./functions-core.ts', import.meta.url).href, shortCircuit: true }
      : nextResolve(specifier, context),
});

// By require, so that this is the very module that `@azure/functions` gets, whatever loads the tests.
const core = createRequire(import.meta.url)(functionsCore) as typeof import('./functions-core.ts');

/** An app that runs in this thread, so that a test shares its memory. */
export interface InProcessApp {
  readonly functions: readonly AppFunction[];
  readonly invoke: Invoke;
}

export type UserLog = (functionName: string, level: string, message: string) => void;

/** @param register registers the app's functions through the real packages. */
export function createInProcessApp(register: () => void, log: UserLog): InProcessApp {
  const registered = new Map(core.collectFunctions(register).map((found) => [found.metadata.name, found]));
  return {
    functions: [...registered.values()].map(({ metadata }) => toAppFunction(metadata)),
    async invoke(invocation) {
      const found = registered.get(invocation.functionName);
      if (found === undefined) throw new Error(`there is no function '${invocation.functionName}'`);
      return await run(found, invocation, log);
    },
  };
}

async function run(
  { metadata, callback }: RegisteredFunction,
  invocation: Invocation,
  log: UserLog,
): Promise<InvocationResult> {
  const model = core.getProgrammingModel();
  if (model === undefined) throw new Error('@azure/functions has not set its programming model');
  const context: CoreInvocationContext = {
    invocationId: invocation.invocationId,
    request: toCoreRequest(invocation, metadata),
    metadata,
    log: (level, category, message) => category === 'user' && log(metadata.name, level, message),
  };
  try {
    const invocationModel = await model.getInvocationModel(context);
    const { context: functionContext, inputs } = await invocationModel.getArguments();
    const result = await invocationModel.invokeFunction(functionContext, inputs, callback);
    const response = await invocationModel.getResponse(functionContext, result);
    return { ok: true, returnValue: toTypedData(response.returnValue), outputs: new Map() };
  } catch (thrown) {
    const { message, stack = '' } = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { ok: false, exception: { message, stackTrace: stack, source: '' } };
  }
}
