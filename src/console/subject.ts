import { isObject } from './step-runs.ts';

/** What something is about, in the words of people: the name in it, the customer's, or its id. */
export function subjectIn(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const { name, customer, id } = value;
  return [name, isObject(customer) ? customer['name'] : undefined, id].find((text) => typeof text === 'string');
}
