/** The thread that runs the app. It speaks with the host in messages.ts alone. */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { logFromApp } from './app-log.ts';
import { appRegistry, runHooks } from './app-registry.ts';
import type { InvocationResult } from './contract.ts';
import { toAppFunction } from './core-conversions.ts';
import { appDir, entryPoints, onMessage, send } from './host-port.ts';
import { wholeBuffer, type LoadedApp } from './messages.ts';
import { runInvocation } from './run-invocation.ts';
import { siblingModule } from './sibling-module.ts';

const functionsCore = siblingModule(import.meta.url, 'functions-core').href;

let lastLoaded = '';

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === '@azure/functions-core'
      ? { url: functionsCore, shortCircuit: true }
      : nextResolve(specifier, context),
  load(url, context, nextLoad) {
    lastLoaded = url;
    return nextLoad(url, context);
  },
});

/** The stack of a SyntaxError in an ES module does not say where it is. */
const explain = (error: Error) =>
  error instanceof SyntaxError && error.stack?.startsWith('SyntaxError')
    ? `${lastLoaded}\n${error.stack}`
    : error.stack;

const appHookContext = () => ({ hookData: appRegistry.appLevelHookData, appHookData: appRegistry.appHookData });

/** What the Node.js worker tells a programming model about itself; models may add to it. */
const workerCapabilities = {
  RawHttpBodyBytes: 'true',
  RpcHttpTriggerMetadataRemoved: 'true',
  RpcHttpBodyOnly: 'true',
  IgnoreEmptyValuedRpcHttpHeaders: 'true',
  UseNullableValueDictionaryForHttp: 'true',
  WorkerStatus: 'true',
  TypedDataCollection: 'true',
  HandlesWorkerTerminateMessage: 'true',
};

async function start(): Promise<LoadedApp> {
  // ES modules and CommonJS alike; what they throw is the app's own error and passes unchanged.
  for (const file of entryPoints) await import(pathToFileURL(file).href);
  await runHooks('appStart', { ...appHookContext(), functionAppDirectory: appDir });
  const capabilities = await appRegistry.programmingModel?.getCapabilities?.({ ...workerCapabilities });
  appRegistry.locked = true;
  return {
    functions: [...appRegistry.functions.values()].map(({ metadata }) => toAppFunction(metadata)),
    ...(capabilities?.['HttpUri'] !== undefined && { httpStreamUri: capabilities['HttpUri'] }),
  };
}

const ownedBuffers = (result: InvocationResult) =>
  result.ok && typeof result.http === 'object' ? wholeBuffer(result.http.body) : [];

onMessage((message) => {
  switch (message.kind) {
    case 'invoke': {
      const { call, invocation } = message;
      void runInvocation(invocation).then((result) => send({ kind: 'result', call, result }, ownedBuffers(result)));
      return;
    }
    case 'terminate':
      runHooks('appTerminate', appHookContext())
        .catch((error: unknown) => logFromApp('error', 'system', `An appTerminate hook failed: ${String(error)}`))
        .finally(() => process.exit());
  }
});

start().then(
  (app) => send({ kind: 'loaded', app }),
  (thrown: unknown) => {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    send({ kind: 'loadFailed', message: error.message, stack: explain(error) ?? error.message });
  },
);
