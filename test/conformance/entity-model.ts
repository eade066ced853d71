import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Real } from './instance-model.ts';

/** Random operations on a few counters, against what each has to hold; undefined where there is none. */
export type Counters = Map<string, number>;

interface Operation {
  readonly name: string;
  readonly input?: number;
  /** What the counter holds afterwards. */
  readonly apply: (count: number | undefined) => number | undefined;
}

const add = (input: number): Operation => ({ name: 'add', input, apply: (count = 0) => count + input });

const operations: readonly Operation[] = [
  add(1),
  add(-7),
  { name: 'reset', apply: () => 0 },
  { name: 'explode', apply: (count) => count },
  { name: 'delete', apply: () => undefined },
];

async function waitFor({ target, patience }: Real, path: string, count: number | undefined): Promise<void> {
  const until = Date.now() + patience;
  for (;;) {
    const { status, body } = await target.call('GET', path, {});
    const seen = status === 404 ? undefined : (JSON.parse(body) as unknown);
    if (seen === count) return;
    assert.ok(Date.now() < until, `${path} should hold ${count}, but holds ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, patience / 300));
  }
}

const command = ({ name, input, apply }: Operation, key: string): fc.AsyncCommand<Counters, Real> => ({
  check: () => true,
  async run(counters, real) {
    const path = `/entities/CounterEntity/${real.prefix}-${key}`;
    const body = input === undefined ? {} : { contentType: 'application/json', body: `${input}` };
    const { status } = await real.target.call('POST', `${path}?op=${name}`, body);
    assert.equal(status, 202, `${name} of ${path}`);
    const count = apply(counters.get(key));
    if (count === undefined) counters.delete(key);
    else counters.set(key, count);
    await waitFor(real, path, count);
  },
  toString: () => `${name} ${input ?? ''} ${key}`,
});

export const operationsArbitrary = fc.commands(
  operations.map((operation) => fc.constantFrom('a', 'b').map((key) => command(operation, key))),
  { size: '+1' },
);
