import { registerHooks } from 'node:module';
import { siblingModule } from './sibling-module.ts';

/**
 * From now on, whatever imports `@azure/functions-core` in this thread gets the host's. Answers which module was loaded last.
 */
export function provideFunctionsCore(): () => string {
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
  return () => lastLoaded;
}
