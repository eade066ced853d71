import type { LogLevel } from '../log.ts';
import type { RegisteredApp } from './app-registry.ts';
import type { LogCategory } from './core-types.ts';

let inHook = false;

/**
 * Sends a line of the app, or of its libraries, to the host's log. Log hooks may change level and message, and get the
 * context of the invocation if there is one; what they log themselves does not run hooks again.
 */
export function logFromApp(
  app: RegisteredApp,
  level: LogLevel,
  category: LogCategory,
  message: string,
  source: { readonly functionName?: string; readonly invocationContext?: unknown } = {},
): void {
  const context = {
    hookData: {},
    appHookData: app.appHookData,
    level,
    message,
    category,
    invocationContext: source.invocationContext,
  };
  if (!inHook) {
    inHook = true;
    try {
      for (const hook of app.hooks.log) void hook(context);
    } finally {
      inHook = false;
    }
  }
  const origin = source.functionName === undefined ? 'Worker' : `Function.${source.functionName}`;
  app.log(context.level, category === 'user' ? `${origin}.User` : origin, context.message);
}
