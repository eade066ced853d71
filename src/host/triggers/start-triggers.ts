import type { ServiceBusSettings } from '../host-json.ts';
import type { AppFunction, Binding } from '../worker/contract.ts';
import { triggerOf } from './function-fault.ts';
import { startServiceBusTrigger } from './service-bus-trigger.ts';
import { startTimerTrigger } from './timer-trigger.ts';
import type { RunningTrigger, ServiceTriggerContext, TriggerContext } from './trigger.ts';

export interface StartTriggersOptions extends ServiceTriggerContext {
  readonly dataDir: string;
  readonly serviceBus: ServiceBusSettings;
  /** Told of each function whose trigger cannot run, and why; the others run. */
  readonly onFault: (fn: AppFunction, error: unknown) => void;
}

/** Called once, before anything else is asked of the app; nothing waits for it, as on Azure. */
function warmUp(fn: AppFunction, trigger: Binding, { invoke, newId, log }: TriggerContext): void {
  const inputs = new Map([[trigger.name, { json: '{}' }]]);
  invoke({ functionName: fn.name, invocationId: newId(), inputs }).catch((error: unknown) =>
    log('error', `Function.${fn.name}`, String(error)),
  );
}

/** Undefined for triggers that come to the host from outside. */
async function startTrigger(
  fn: AppFunction,
  trigger: Binding,
  { dataDir, serviceBus, ...context }: StartTriggersOptions,
): Promise<RunningTrigger | undefined> {
  switch (trigger.type) {
    case 'warmupTrigger':
      warmUp(fn, trigger, context);
      return undefined;
    case 'timerTrigger':
      return startTimerTrigger(fn, trigger, dataDir, context);
    case 'serviceBusTrigger':
      return startServiceBusTrigger(fn, trigger, serviceBus, context);
    default:
      return undefined;
  }
}

/** Starts what calls functions from here. HTTP, Event Grid and Durable come to the host from outside. */
export async function startTriggers(
  functions: readonly AppFunction[],
  options: StartTriggersOptions,
): Promise<RunningTrigger> {
  const running: RunningTrigger[] = [];
  for (const fn of functions) {
    const trigger = triggerOf(fn);
    if (!trigger) continue;
    try {
      const started = await startTrigger(fn, trigger, options);
      if (started) running.push(started);
    } catch (error) {
      options.onFault(fn, error);
    }
  }
  return {
    async stop() {
      await Promise.all(running.map((trigger) => trigger.stop()));
    },
  };
}
