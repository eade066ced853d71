import type { ServiceClients } from '../connections/service-clients.ts';
import type { Binding, TypedData } from '../worker/contract.ts';

/** One use of a binding beside a trigger. */
export interface BindingCall {
  readonly binding: Binding;
  readonly clients: ServiceClients;
  /** The binding's text of that name, settings and expressions in place; empty where there is none. */
  readonly text: (name: string) => string;
  /** What an expression stands for. */
  readonly evaluate: (expression: string) => unknown;
}

export type ReadInput = (call: BindingCall) => Promise<TypedData>;

export type WriteOutput = (call: BindingCall, value: Exclude<TypedData, undefined>) => Promise<void>;
