import type { LogLevel } from '../log.ts';
import { appRegistry } from './app-registry.ts';
import type { LogCategory } from './core-types.ts';
import { send } from './host-port.ts';

let inHook = false;

/**
 * Sends a line of the app, or of its libraries, to the host's log. Log hooks may change level and message, and get the
 * context of the invocation if there is one; what they log themselves does not run hooks again.
 */
export function logFromApp(
  level: LogLevel,
  category: LogCategory,
  message: string,
  source: { readonly functionName?: string; readonly invocationContext?: unknown } = {},
): void {
  const context = {
    hookData: {},
    appHookData: appRegistry.appHookData,
    level,
    message,
    category,
    invocationContext: source.invocationContext,
  };
  if (!inHook) {
    inHook = true;
    try {
      for (const hook of appRegistry.hooks.log) void hook(context);
    } finally {
      inHook = false;
    }
  }
  const origin = source.functionName === undefined ? 'Worker' : `Function.${source.functionName}`;
  send({
    kind: 'log',
    level: context.level,
    category: category === 'user' ? `${origin}.User` : origin,
    message: context.message,
  });
}
