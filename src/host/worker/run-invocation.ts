import { inspect } from 'node:util';
import { logFromApp } from './app-log.ts';
import { appRegistry, runHooks, type RegisteredApp } from './app-registry.ts';
import type { Invocation, InvocationResult } from './contract.ts';
import { toCoreRequest, toHttpResponse, toTypedData } from './core-conversions.ts';
import type {
  CoreInvocationContext,
  CoreInvocationResponse,
  FunctionCallback,
  FunctionMetadata,
  HookData,
} from './core-types.ts';
import type { Replay } from './replay-memory.ts';

/** Anything thrown becomes an Error, as in the Node.js worker, so that its text reaches the host. */
function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  if (thrown === undefined || thrown === null) return new Error('Unknown error');
  if (typeof thrown === 'string') return new Error(thrown);
  return new Error(typeof thrown === 'object' ? JSON.stringify(thrown) : inspect(thrown));
}

/** With HTTP streams the library has sent the answer by now and tells us nothing of it. */
function toHttp(response: CoreInvocationResponse, result: unknown, metadata: FunctionMetadata) {
  const { returnValue } = response;
  if (returnValue && 'http' in returnValue) return { http: toHttpResponse(returnValue.http) };
  const isAnswer =
    metadata.bindings['$return']?.type.toLowerCase() === 'http' && result !== null && result !== undefined;
  return isAnswer ? { http: 'streamed' as const } : {};
}

function toResult(response: CoreInvocationResponse, result: unknown, metadata: FunctionMetadata) {
  return {
    ok: true as const,
    returnValue: toTypedData(response.returnValue),
    outputs: new Map((response.outputData ?? []).map(({ name, data }) => [name, toTypedData(data)])),
    ...toHttp(response, result, metadata),
  };
}

interface PreInvocation extends Record<string, unknown> {
  readonly invocationContext: unknown;
  readonly hookData: HookData;
  readonly appHookData: HookData;
  inputs: unknown[];
  functionCallback: FunctionCallback;
}

/** Hooks before, the function, hooks after; the hooks may replace inputs, callback, result and error. */
async function runFunction(
  app: RegisteredApp,
  invocation: Invocation,
  replay: Replay | undefined,
): Promise<InvocationResult> {
  const registered = app.functions.get(invocation.functionName);
  const model = appRegistry.programmingModel;
  if (!registered || !model)
    throw new Error(`Function code for '${invocation.functionName}' is not loaded and cannot be invoked.`);
  const { metadata, callback } = registered;
  let invocationContext: unknown;
  const core: CoreInvocationContext = {
    invocationId: invocation.invocationId,
    request: toCoreRequest(invocation, metadata),
    metadata,
    log: (level, category, message) =>
      logFromApp(app, level, category, message, { functionName: metadata.name, invocationContext }),
  };
  const invocationModel = await model.getInvocationModel(core);
  const { context, inputs } = await invocationModel.getArguments();
  invocationContext = context;
  const shared = { invocationContext: context, hookData: {}, appHookData: app.appHookData };
  // The body of an orchestrator's call is its only input, and its library does not get it as text.
  const before: PreInvocation = { ...shared, inputs: replay ? [replay.body] : inputs, functionCallback: callback };
  core.state = 'preInvocationHooks';
  await runHooks(app, 'preInvocation', before);
  const after = { ...shared, inputs: before.inputs, result: null as unknown, error: null as unknown };
  core.state = 'invocation';
  try {
    after.result = await invocationModel.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error;
  }
  core.state = 'postInvocationHooks';
  await runHooks(app, 'postInvocation', after);
  core.state = undefined;
  if (after.error !== null && after.error !== undefined) throw after.error;
  const { state, ...kept } = replay?.shorten(after.result) ?? { state: after.result };
  return { ...toResult(await invocationModel.getResponse(context, state), state, metadata), ...kept };
}

/** @param replay An orchestrator's call, in the place of its trigger's value. */
export async function runInvocation(
  app: RegisteredApp,
  invocation: Invocation,
  replay?: Replay,
): Promise<InvocationResult> {
  try {
    return await runFunction(app, invocation, replay);
  } catch (thrown) {
    const error = toError(thrown);
    return { ok: false, exception: { message: error.message, stackTrace: error.stack ?? '', source: '' } };
  }
}
