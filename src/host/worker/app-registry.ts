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

interface AppRegistry {
  /** By name. */
  readonly functions: Map<string, { readonly metadata: FunctionMetadata; readonly callback: FunctionCallback }>;
  readonly hooks: Readonly<Record<HookName, HookCallback[]>>;
  /** Shared by all hooks. */
  readonly appHookData: HookData;
  /** Shared by appStart and appTerminate alone. */
  readonly appLevelHookData: HookData;
  programmingModel: ProgrammingModel | undefined;
  /** Set once the app has loaded: functions are registered during startup only. */
  locked: boolean;
}

/**
 * What the one app of this thread has registered. The app imports `@azure/functions-core` by name, so a module is the only
 * place which that module and the thread's own code can share.
 */
export const appRegistry: AppRegistry = {
  functions: new Map(),
  hooks: { preInvocation: [], postInvocation: [], appStart: [], appTerminate: [], log: [] },
  appHookData: {},
  appLevelHookData: {},
  programmingModel: undefined,
  locked: false,
};

/** One after the other; a hook that fails ends the row. */
export async function runHooks(
  name: Exclude<HookName, 'log'>,
  context: HookContext & Record<string, unknown>,
): Promise<void> {
  for (const hook of appRegistry.hooks[name]) await hook(context);
}
