import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { FunctionBindings } from '../bindings/function-bindings.ts';
import type { AppFunction, Invocation, InvocationResult, Invoke, TypedData, WorkerException } from './contract.ts';

export interface FunctionInvokerOptions {
  readonly functions: readonly AppFunction[];
  /** The app's thread. */
  readonly invoke: Invoke;
  /** The value of every durableClient binding. */
  readonly durableClient: TypedData;
  /** What a function has beside its trigger; undefined where it has nothing. */
  readonly bindingsOf: (fn: AppFunction) => FunctionBindings | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Whose failures are answers to the durable engine, which reports them in its own way. */
const engineTriggers = new Set(['orchestrationTrigger', 'entityTrigger']);

const clientBindings = new Set(['durableClient', 'orchestrationClient']);

/** Apps silence these lines with `Host.Executor` in `logging.logLevel`. */
const executor = 'Host.Executor';

const reasonOf = ({ http }: Invocation) =>
  http ? 'This function was programmatically called via the host APIs.' : '(null)';

const describe = ({ message, stackTrace }: WorkerException) =>
  stackTrace.includes(message) ? stackTrace : `${message}\n${stackTrace}`;

const failed = ({ message, stack = '' }: Error): InvocationResult => ({
  ok: false,
  exception: { message, stackTrace: stack, source: '' },
});

/** A binding that cannot be read or written is a failure of the function. */
function invokeWithBindings(invoke: Invoke, bindings: FunctionBindings | undefined): Invoke {
  if (!bindings) return invoke;
  return async (invocation) => {
    let inputs: ReadonlyMap<string, TypedData>;
    try {
      inputs = await bindings.read(invocation);
    } catch (error) {
      return failed(error as Error);
    }
    const result = await invoke({ ...invocation, inputs: new Map([...invocation.inputs, ...inputs]) });
    if (!result.ok) return result;
    try {
      await bindings.write(invocation, result);
      return result;
    } catch (error) {
      return failed(error as Error);
    }
  };
}

/** Adds to an invocation what every function gets whatever triggers it, and logs how it went. */
export function createFunctionInvoker({
  functions,
  invoke,
  durableClient,
  bindingsOf,
  clock,
  log,
}: FunctionInvokerOptions): Invoke {
  const known = new Map(
    functions.map((fn) => [
      fn.name,
      {
        reportsFailures: !fn.bindings.some(({ type }) => engineTriggers.has(type)),
        clients: fn.bindings.filter(({ type }) => clientBindings.has(type)).map((binding) => binding.name),
        invoke: invokeWithBindings(invoke, bindingsOf(fn)),
      },
    ]),
  );
  return async (invocation) => {
    const { functionName, invocationId } = invocation;
    const found = known.get(functionName);
    if (!found) throw new Error(`There is no function "${functionName}" that runs.`);
    const { clients, reportsFailures } = found;
    const category = `Function.${functionName}`;
    const inputs = new Map(invocation.inputs);
    for (const name of clients) inputs.set(name, durableClient);
    log(
      'information',
      executor,
      `Executing 'Functions.${functionName}' (Reason='${reasonOf(invocation)}', Id=${invocationId})`,
    );
    const since = clock.now();
    const result = await found.invoke({ ...invocation, inputs });
    const outcome = result.ok ? 'Succeeded' : 'Failed';
    const took = `Id=${invocationId}, Duration=${clock.now() - since}ms`;
    log('information', executor, `Executed 'Functions.${functionName}' (${outcome}, ${took})`);
    if (!result.ok && reportsFailures) log('error', category, describe(result.exception));
    return result;
  };
}
