import type { BlobSettings, ServiceBusSettings } from '../host-json.ts';
import type { AppFunction, Binding } from '../worker/contract.ts';
import { type BlobTriggers, createBlobTriggers } from './blob-trigger.ts';
import { startCosmosTrigger } from './cosmos-trigger.ts';
import { triggerOf } from './function-fault.ts';
import { startServiceBusTrigger } from './service-bus-trigger.ts';
import { startTimerTrigger } from './timer-trigger.ts';
import type { RunningTrigger, ServiceTriggerContext, TriggerContext } from './trigger.ts';

export interface StartTriggersOptions extends ServiceTriggerContext {
  readonly dataDir: string;
  readonly serviceBus: ServiceBusSettings;
  readonly blobs: BlobSettings;
  /** Told of each function whose trigger cannot run, and why; the others run. */
  readonly onFault: (fn: AppFunction, error: unknown) => void;
}

export interface RunningTriggers extends RunningTrigger {
  /** BlobCreated events for a function: true when it has had all, undefined where there is no such function. */
  readonly deliverBlobEvents: BlobTriggers['deliver'];
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
  blobTriggers: BlobTriggers,
): Promise<RunningTrigger | undefined> {
  switch (trigger.type) {
    case 'warmupTrigger':
      warmUp(fn, trigger, context);
      return undefined;
    case 'timerTrigger':
      return startTimerTrigger(fn, trigger, dataDir, context);
    case 'serviceBusTrigger':
      return startServiceBusTrigger(fn, trigger, serviceBus, context);
    case 'blobTrigger':
      return blobTriggers.start(fn, trigger);
    case 'cosmosDBTrigger':
      return startCosmosTrigger(fn, trigger, context);
    default:
      return undefined;
  }
}

/** Starts what calls functions from here. HTTP, Event Grid and Durable come to the host from outside. */
export async function startTriggers(
  functions: readonly AppFunction[],
  options: StartTriggersOptions,
): Promise<RunningTriggers> {
  const blobTriggers = createBlobTriggers(options.dataDir, options.blobs, options);
  const running: RunningTrigger[] = [];
  for (const fn of functions) {
    const trigger = triggerOf(fn);
    if (!trigger) continue;
    try {
      const started = await startTrigger(fn, trigger, options, blobTriggers);
      if (started) running.push(started);
    } catch (error) {
      options.onFault(fn, error);
    }
  }
  return {
    deliverBlobEvents: blobTriggers.deliver,
    async stop() {
      await Promise.all(running.map((trigger) => trigger.stop()));
      blobTriggers.close();
    },
  };
}
