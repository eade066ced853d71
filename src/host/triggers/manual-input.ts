import type { Binding, TypedData } from '../worker/contract.ts';
import { createTimerInfo } from './timer-trigger.ts';

/** Of triggers that take the text which a person gives as what they would have got. */
const textTriggers = new Set(['serviceBusTrigger', 'eventGridTrigger', 'cosmosDBTrigger', 'warmupTrigger']);

/** What a function gets that a person calls by hand; undefined where its trigger cannot be played. */
export function computeManualInput(trigger: Binding, text: string): TypedData | undefined {
  if (trigger.type === 'timerTrigger') return createTimerInfo(undefined, false);
  return textTriggers.has(trigger.type) ? { string: text } : undefined;
}
