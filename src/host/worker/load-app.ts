import { appRegistry, runHooks, type RegisteredApp } from './app-registry.ts';
import { toAppFunction } from './core-conversions.ts';
import type { LoadedApp } from './messages.ts';

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

const appHookContext = (app: RegisteredApp) => ({ hookData: app.appLevelHookData, appHookData: app.appHookData });

/**
 * Starts an app: its modules, then its hooks.
 *
 * @param register Runs the app's modules. What it throws is the app's own error and passes unchanged.
 */
export async function loadApp(
  app: RegisteredApp,
  functionAppDirectory: string,
  register: () => unknown,
): Promise<LoadedApp> {
  await register();
  await runHooks(app, 'appStart', { ...appHookContext(app), functionAppDirectory });
  const capabilities = await appRegistry.programmingModel?.getCapabilities?.({ ...workerCapabilities });
  app.locked = true;
  return {
    functions: [...app.functions.values()].map(({ metadata }) => toAppFunction(metadata)),
    ...(capabilities?.['HttpUri'] !== undefined && { httpStreamUri: capabilities['HttpUri'] }),
  };
}

export const endApp = (app: RegisteredApp): Promise<void> => runHooks(app, 'appTerminate', appHookContext(app));
