import type { AppFunction } from '../worker/contract.ts';

const triggers = new Set([
  'httpTrigger',
  'timerTrigger',
  'warmupTrigger',
  'serviceBusTrigger',
  'orchestrationTrigger',
  'activityTrigger',
  'entityTrigger',
]);

const inputs = new Set(['durableClient', 'orchestrationClient']);

export const triggerOf = ({ bindings }: AppFunction) => bindings.find(({ type }) => type.endsWith('Trigger'));

/** Why this host cannot run a function as it is declared; undefined where it can. */
export function computeFunctionFault(fn: AppFunction): string | undefined {
  const trigger = triggerOf(fn);
  if (!trigger) return 'it has no trigger.';
  if (!triggers.has(trigger.type)) return `this host has no "${trigger.type}". It has ${[...triggers].join(', ')}.`;
  for (const { name, type, direction } of fn.bindings) {
    if (name === trigger.name) continue;
    if (direction === 'out' ? type.toLowerCase() !== 'http' : !inputs.has(type)) {
      return `this host has no ${direction}put binding of type "${type}". Use the service's client library in the function instead.`;
    }
  }
  return undefined;
}
