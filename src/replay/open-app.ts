import { parseAnswer } from '../host/durable/orchestrator-answer.ts';
import type { Binding } from '../host/worker/contract.ts';
import type { InProcessApp, startInProcessApp } from '../host/worker/in-process-app.ts';
import type { RunOrchestrator } from './replay-history.ts';

/**
 * Loads an app for its orchestrators alone: no function of it runs that is none.
 * @param source the app's folder, or what registers its functions
 * @throws what the app throws while it loads
 */
export async function openApp(
  start: typeof startInProcessApp,
  source: string | (() => unknown),
): Promise<RunOrchestrator> {
  const app = await start({ source, log: () => {} });
  const triggers = new Map(
    app.functions.flatMap(({ name, bindings }) =>
      bindings.filter(isTrigger).map((trigger) => [name.toLowerCase(), { name, trigger }] as const),
    ),
  );
  let invocations = 0;
  return async (name, body) => {
    const found = triggers.get(name.toLowerCase());
    if (found === undefined) throw new Error(unknownSaga(name, app));
    const result = await app.invoke({
      functionName: found.name,
      invocationId: `replay-${++invocations}`,
      inputs: new Map([[found.trigger.name, { string: body }]]),
    });
    return parseAnswer(found.name, result);
  };
}

const isTrigger = ({ type }: Binding): boolean => type === 'orchestrationTrigger';

function unknownSaga(name: string, { functions }: InProcessApp): string {
  const known = functions.filter(({ bindings }) => bindings.some(isTrigger)).map((known) => known.name);
  return `there is no saga '${name}' any more; known are: ${known.join(', ')}. Keep a saga registered until its last instance has ended.`;
}
