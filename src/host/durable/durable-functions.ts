import type { AppFunction, Binding, TypedData } from '../worker/contract.ts';

/** A function with the binding that its durable trigger stands in. */
export interface DurableFunction {
  readonly name: string;
  /** The inputs of a call: `trigger` goes to the trigger's binding. */
  inputs(trigger: TypedData): ReadonlyMap<string, TypedData>;
}

/** The app's durable functions. Names are found without regard to case, as Functions does. */
export interface DurableFunctions {
  findOrchestrator(name: string): DurableFunction | undefined;
  findActivity(name: string): DurableFunction | undefined;
  findEntity(name: string): DurableFunction | undefined;
  /** How the extension words a name that is not there. */
  describeMissing(kind: DurableKind, name: string): string;
}

export type DurableKind = 'orchestrator' | 'activity' | 'entity';

const triggers: Readonly<Record<DurableKind, string>> = {
  orchestrator: 'orchestrationTrigger',
  activity: 'activityTrigger',
  entity: 'entityTrigger',
};

/** @param clientInput the value of a durableClient binding, which activities may have beside their trigger. */
export function createDurableFunctions(
  functions: readonly AppFunction[],
  clientInput: () => TypedData,
): DurableFunctions {
  const tables = {
    orchestrator: collect(functions, triggers.orchestrator, clientInput),
    activity: collect(functions, triggers.activity, clientInput),
    entity: collect(functions, triggers.entity, clientInput),
  };
  return {
    findOrchestrator: (name) => tables.orchestrator.get(name.toLowerCase()),
    findActivity: (name) => tables.activity.get(name.toLowerCase()),
    findEntity: (name) => tables.entity.get(name.toLowerCase()),
    describeMissing(kind, name) {
      const known = [...tables[kind].values()].map((known) => `'${known.name}'`).join(', ');
      return (
        `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. ` +
        `Additional info: The following are the known ${kind} functions: ${known}.`
      );
    },
  };
}

function collect(functions: readonly AppFunction[], trigger: string, clientInput: () => TypedData) {
  const table = new Map<string, DurableFunction>();
  for (const { name, bindings } of functions) {
    const binding = bindings.find(({ type }) => type === trigger);
    if (binding !== undefined)
      table.set(name.toLowerCase(), { name, inputs: inputsOf(binding, bindings, clientInput) });
  }
  return table;
}

function inputsOf(trigger: Binding, bindings: readonly Binding[], clientInput: () => TypedData) {
  const clients = bindings.filter(({ type }) => type === 'durableClient');
  return (value: TypedData) =>
    new Map([[trigger.name, value], ...clients.map(({ name }): [string, TypedData] => [name, clientInput()])]);
}
