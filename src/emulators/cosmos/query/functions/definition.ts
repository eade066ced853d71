import type { Value } from '../order.ts';

export interface FunctionDefinition {
  /** Least and most operands. */
  arity: readonly [number, number];
  /** `now`: milliseconds since the epoch, the same throughout one query. */
  evaluate(operands: readonly Value[], now: number): Value;
}

export type FunctionTable = Readonly<Record<string, FunctionDefinition>>;

export const defineFunction = (
  arity: readonly [number, number],
  evaluate: FunctionDefinition['evaluate'],
): FunctionDefinition => ({ arity, evaluate });

/** Infinity and NaN are no JSON numbers. */
export const finite = (value: number): Value => (Number.isFinite(value) ? value : undefined);
