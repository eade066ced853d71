import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { AppFunction, Invocation, Invoke, TypedData, WorkerException } from './contract.ts';

export interface FunctionInvokerOptions {
  readonly functions: readonly AppFunction[];
  /** The app's thread. */
  readonly invoke: Invoke;
  /** The value of every durableClient binding. */
  readonly durableClient: TypedData;
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

/** Adds to an invocation what every function gets whatever triggers it, and logs how it went. */
export function createFunctionInvoker({
  functions,
  invoke,
  durableClient,
  clock,
  log,
}: FunctionInvokerOptions): Invoke {
  const known = new Map(
    functions.map(({ name, bindings }) => [
      name,
      {
        reportsFailures: !bindings.some(({ type }) => engineTriggers.has(type)),
        clients: bindings.filter(({ type }) => clientBindings.has(type)).map((binding) => binding.name),
      },
    ]),
  );
  return async (invocation) => {
    const { functionName, invocationId } = invocation;
    const { clients = [], reportsFailures = true } = known.get(functionName) ?? {};
    const category = `Function.${functionName}`;
    const inputs = new Map(invocation.inputs);
    for (const name of clients) inputs.set(name, durableClient);
    log(
      'information',
      executor,
      `Executing 'Functions.${functionName}' (Reason='${reasonOf(invocation)}', Id=${invocationId})`,
    );
    const since = clock.now();
    const result = await invoke({ ...invocation, inputs });
    const outcome = result.ok ? 'Succeeded' : 'Failed';
    const took = `Id=${invocationId}, Duration=${clock.now() - since}ms`;
    log('information', executor, `Executed 'Functions.${functionName}' (${outcome}, ${took})`);
    if (!result.ok && reportsFailures) log('error', category, describe(result.exception));
    return result;
  };
}
