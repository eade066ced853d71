import { isJsonObject } from '../json.ts';
import { compareForOrder, type Value } from './order.ts';

/** Sees the defined values of a group only: undefined counts for nothing (reference: "Aggregate functions"). */
type Aggregate = (values: readonly Exclude<Value, undefined>[]) => Value;

function computeSum(values: readonly Value[]): number | undefined {
  let sum = 0;
  for (const value of values) {
    if (typeof value !== 'number') return undefined;
    sum += value;
  }
  return Number.isFinite(sum) ? sum : undefined;
}

function pick(values: readonly Value[], wanted: -1 | 1): Value {
  if (values.some((value) => Array.isArray(value) || isJsonObject(value))) return undefined;
  let best: Value;
  for (const value of values) {
    if (best === undefined || Math.sign(compareForOrder(value, best)) === wanted) best = value;
  }
  return best;
}

export const aggregates: Readonly<Record<string, Aggregate>> = {
  COUNT: (values) => values.length,
  SUM: computeSum,
  AVG: (values) => {
    const sum = computeSum(values);
    return sum === undefined || values.length === 0 ? undefined : sum / values.length;
  },
  MIN: (values) => pick(values, -1),
  MAX: (values) => pick(values, 1),
};
