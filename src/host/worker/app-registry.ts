import type { Log } from '../log.ts';
import type {
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  HookContext,
  HookData,
  ProgrammingModel,
} from './core-types.ts';

const hookNames = ['preInvocation', 'postInvocation', 'appStart', 'appTerminate', 'log'] as const;

export type HookName = (typeof hookNames)[number];

export const isHookName = (name: string): name is HookName => hookNames.some((known) => known === name);

/** What an app has registered. */
export interface RegisteredApp {
  /** By name. */
  readonly functions: Map<string, { readonly metadata: FunctionMetadata; readonly callback: FunctionCallback }>;
  readonly hooks: Readonly<Record<HookName, HookCallback[]>>;
  /** Shared by all hooks. */
  readonly appHookData: HookData;
  /** Shared by appStart and appTerminate alone. */
  readonly appLevelHookData: HookData;
  /** The host's. */
  log: Log;
  /** Set once the app has loaded: functions are registered during startup only. */
  locked: boolean;
}

/**
 * The app imports `@azure/functions-core` by name, so a module is the only place which that module and the host's side of it
 * can share.
 */
export const appRegistry: {
  /** The app that registers now, or did last. */
  app: RegisteredApp | undefined;
  programmingModel: ProgrammingModel | undefined;
} = { app: undefined, programmingModel: undefined };

/** What is registered from now on belongs to the answer. */
export function beginApp(log: Log): RegisteredApp {
  return (appRegistry.app = {
    functions: new Map(),
    hooks: { preInvocation: [], postInvocation: [], appStart: [], appTerminate: [], log: [] },
    appHookData: {},
    appLevelHookData: {},
    log,
    locked: false,
  });
}

/** One after the other; a hook that fails ends the row. */
export async function runHooks(
  app: RegisteredApp,
  name: Exclude<HookName, 'log'>,
  context: HookContext & Record<string, unknown>,
): Promise<void> {
  for (const hook of app.hooks[name]) await hook(context);
}
