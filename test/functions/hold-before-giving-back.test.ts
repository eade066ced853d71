import { expect, it } from 'vitest';
import { holdBeforeGivingBack } from '../../src/functions/hold-before-giving-back.ts';

/** How long a message is held that is delivered for this time, in milliseconds. */
async function heldAt(deliveryCount: number, process: () => Promise<string>) {
  const held: number[] = [];
  const wait = async (ms: number) => void held.push(ms);
  const outcome = await holdBeforeGivingBack({ triggerMetadata: { deliveryCount } }, process, wait).catch(String);
  return { held, outcome };
}

const fail = () => Promise.reject(new Error('storage is down'));

it('a message that is processed is held by nobody', async () => {
  expect(await heldAt(1, async () => 'done')).toEqual({ held: [], outcome: 'done' });
});

it('a message that fails outlasts an outage of a minute, and is not held when it will not come again', async () => {
  const deliveries = await Promise.all([1, 2, 3, 4, 5].map((count) => heldAt(count, fail)));
  expect(deliveries.map(({ outcome }) => outcome)).toEqual(Array(5).fill('Error: storage is down'));
  const held = deliveries.map(({ held }) => held);
  expect(held.at(-1)).toEqual([]);
  expect(held.flat().reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(60_000);
  expect(Math.max(...held.flat())).toBeLessThan(60_000);
});
