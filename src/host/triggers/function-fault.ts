import { inputBindings, outputBindings } from '../bindings/known-bindings.ts';
import type { AppFunction } from '../worker/contract.ts';

const triggers = new Set([
  'httpTrigger',
  'timerTrigger',
  'serviceBusTrigger',
  'blobTrigger',
  'cosmosDBTrigger',
  'eventGridTrigger',
  'warmupTrigger',
  'orchestrationTrigger',
  'activityTrigger',
  'entityTrigger',
]);

const inputs = new Set(['durableClient', 'orchestrationClient', ...Object.keys(inputBindings)]);

const outputs = new Set(['http', ...Object.keys(outputBindings)]);

export const triggerOf = ({ bindings }: AppFunction) => bindings.find(({ type }) => type.endsWith('Trigger'));

/** Why this host cannot run a function as it is declared; undefined where it can. */
export function computeFunctionFault(fn: AppFunction): string | undefined {
  const trigger = triggerOf(fn);
  if (!trigger) return 'it has no trigger.';
  if (!triggers.has(trigger.type)) return `this host has no "${trigger.type}". It has ${[...triggers].join(', ')}.`;
  for (const { name, type, direction, sdkBinding } of fn.bindings) {
    if (sdkBinding === true) return `this host gives values, no clients: its binding "${name}" has sdkBinding.`;
    if (name === trigger.name) continue;
    const known = direction === 'out' ? outputs : inputs;
    if (!known.has(type)) {
      return `this host has no ${direction}put binding of type "${type}". It has ${[...known].join(', ')}; use the service's client library in the function instead.`;
    }
  }
  return undefined;
}
