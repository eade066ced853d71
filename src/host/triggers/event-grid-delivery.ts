import type { AppFunction, InvocationResult, Invoke } from '../worker/contract.ts';
import { triggerOf } from './function-fault.ts';

export interface EventGridDeliveryOptions {
  readonly functions: readonly AppFunction[];
  readonly invoke: Invoke;
  readonly newId: () => string;
}

/** Calls the Event Grid function of a name with events: one by one, or all at once where its cardinality is `many`. */
export function createEventGridDelivery({ functions, invoke, newId }: EventGridDeliveryOptions) {
  return async (functionName: string, events: readonly unknown[]): Promise<boolean | undefined> => {
    const fn = functions.find(({ name }) => name.toLowerCase() === functionName.toLowerCase());
    const trigger = fn && triggerOf(fn);
    if (!fn || trigger?.type !== 'eventGridTrigger') return undefined;
    const call = (value: unknown): Promise<InvocationResult> => {
      const inputs = new Map([[trigger.name, { json: JSON.stringify(value) }]]);
      return invoke({ functionName: fn.name, invocationId: newId(), inputs });
    };
    const isMany = String(trigger['cardinality']).toLowerCase() === 'many';
    const results = await Promise.all(isMany ? [call(events)] : events.map(call));
    return results.every(({ ok }) => ok);
  };
}
