import type { ServiceBusSettings } from '../host-json.ts';
import type { AppFunction, Binding } from '../worker/contract.ts';
import { triggerOf } from './function-fault.ts';
import { createServiceBusTriggers } from './service-bus-trigger.ts';
import { startTimerTrigger } from './timer-trigger.ts';
import type { RunningTrigger, TriggerContext } from './trigger.ts';

export interface StartTriggersOptions extends TriggerContext {
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

/** Starts what calls functions from here. HTTP and Durable come to the host from outside. */
export async function startTriggers(
  functions: readonly AppFunction[],
  { dataDir, serviceBus, onFault, ...context }: StartTriggersOptions,
): Promise<RunningTrigger> {
  const serviceBusTriggers = createServiceBusTriggers(serviceBus, context);
  const running: RunningTrigger[] = [serviceBusTriggers];
  for (const fn of functions) {
    const trigger = triggerOf(fn);
    try {
      if (trigger?.type === 'warmupTrigger') warmUp(fn, trigger, context);
      if (trigger?.type === 'timerTrigger') running.push(startTimerTrigger(fn, trigger, dataDir, context));
      if (trigger?.type === 'serviceBusTrigger') await serviceBusTriggers.start(fn, trigger);
    } catch (error) {
      onFault(fn, error);
    }
  }
  return {
    async stop() {
      await Promise.all(running.map((trigger) => trigger.stop()));
    },
  };
}
