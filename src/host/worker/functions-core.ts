/** The module that the app gets for `@azure/functions-core`: the API between the Node.js worker and its programming models. */
import type { LogLevel } from '../log.ts';
import { logFromApp } from './app-log.ts';
import { appRegistry, isHookName, type RegisteredApp } from './app-registry.ts';
import type { FunctionCallback, FunctionMetadata, HookCallback, LogCategory, ProgrammingModel } from './core-types.ts';

/** Of the worker whose contract this is. */
export const version = '3.12.0';

export { hostVersion } from '../host-version.ts';

/** A class because apps make their own with `new` and `Disposable.from`. */
export class Disposable {
  #onDispose: (() => unknown) | undefined;

  constructor(onDispose: () => unknown) {
    this.#onDispose = onDispose;
  }

  static from(...disposables: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose();
    });
  }

  dispose(): unknown {
    const onDispose = this.#onDispose;
    this.#onDispose = undefined;
    return onDispose?.();
  }
}

/** Marks an error as the host's finding rather than the app's. */
function systemError<E extends Error>(error: E): E {
  return Object.assign(error, { isAzureFunctionsSystemError: true });
}

function currentApp(): RegisteredApp {
  if (!appRegistry.app) throw systemError(new Error('Functions are registered by the app that a host loads.'));
  return appRegistry.app;
}

export function registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
  const app = currentApp();
  if (app.locked) throw systemError(new Error('A function can only be registered during app startup.'));
  const { name } = metadata;
  if (app.functions.has(name)) {
    throw systemError(new Error(`A function with name "${name}" has already been registered.`));
  }
  app.functions.set(name, { metadata, callback });
  return new Disposable(() => {
    if (app.locked) throw systemError(new Error('A function can only be disposed during app startup.'));
    app.functions.delete(name);
  });
}

export function registerHook(name: string, callback: HookCallback): Disposable {
  if (!isHookName(name)) throw systemError(new RangeError(`Unrecognized hook "${name}"`));
  const hooks = currentApp().hooks[name];
  hooks.push(callback);
  return new Disposable(() => {
    const index = hooks.indexOf(callback);
    if (index >= 0) hooks.splice(index, 1);
  });
}

export function setProgrammingModel(model: ProgrammingModel): void {
  appRegistry.programmingModel = model;
}

export function getProgrammingModel(): ProgrammingModel | undefined {
  return appRegistry.programmingModel;
}

export function log(level: LogLevel, category: LogCategory, message: string): void {
  logFromApp(currentApp(), level, category, message);
}
