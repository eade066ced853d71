import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { createDurableInstances } from '../../src/azure/durable-instances.ts';

interface Started {
  readonly instanceId: string;
  /** In tenths of a microsecond since some midnight, as finely as the engine keeps it. */
  readonly ticks: number;
}

const ticksPerMs = 10_000;
const midnight = Date.parse('2026-03-01T00:00:00Z');
const ticksOf = (iso: string | null, open: number): number =>
  iso === null ? open : (Date.parse(iso) - midnight) * ticksPerMs;

/** As the real extension answers: by id, a page at most, times in whole seconds, and tokens that it refuses. */
let started: readonly Started[] = [];
const pageSize = 1_000;
const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '', 'http://localhost');
  if (request.headers['x-ms-continuation-token'] !== undefined) return void response.writeHead(400).end();
  const from = ticksOf(searchParams.get('createdTimeFrom'), -Infinity);
  const to = ticksOf(searchParams.get('createdTimeTo'), Infinity);
  const found = started.filter(({ ticks }) => ticks >= from && ticks <= to);
  const page = found.slice(0, pageSize).map(({ instanceId, ticks }) => {
    const time = new Date(midnight + Math.floor(ticks / ticksPerMs / 1000) * 1000).toISOString();
    const values = { input: null, customStatus: null, output: null, createdTime: time, lastUpdatedTime: time };
    return { name: 'saga', instanceId, runtimeStatus: 'Running', ...values };
  });
  const more = found.length > pageSize ? { 'x-ms-continuation-token': 'bmV4dA==' } : {};
  response.writeHead(200, more).end(JSON.stringify(page));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => void server.close());
const instances = createDurableInstances(`http://127.0.0.1:${(server.address() as AddressInfo).port}/durabletask`);

/** Spread over a day, crowded into a second, or both. */
const starts = fc
  .tuple(
    fc.array(fc.nat(24 * 3_600_000 * ticksPerMs), { maxLength: 30 }),
    fc.record({
      second: fc.nat(86_399),
      count: fc.integer({ min: 0, max: 4_000 }),
      within: fc.integer({ min: 50, max: 1_000 }),
    }),
  )
  .map(([spread, { second, count, within }]) => {
    const crowd = Array.from(
      { length: count },
      (_, n) => second * 1_000 * ticksPerMs + Math.floor((n / count) * within * ticksPerMs),
    );
    return [...spread, ...crowd].map((ticks, n) => ({ instanceId: `i-${String((n * 7919) % 10_007)}-${n}`, ticks }));
  });

it('a list finds each instance once, whatever the time at which it was started', async () => {
  await fc.assert(
    fc.asyncProperty(starts, async (all) => {
      started = all;
      const found = (await instances.list({})).map(({ instanceId }) => instanceId);
      expect(found.toSorted()).toEqual(all.map(({ instanceId }) => instanceId).toSorted());
    }),
    { numRuns: 20 },
  );
});

it('a list says what it cannot tell apart', async () => {
  started = Array.from({ length: 1_001 }, (_, n) => ({ instanceId: `i-${n}`, ticks: 5 * ticksPerMs }));
  await expect(instances.list({})).rejects.toThrow('too many instances were started at 2026-03-01T00:00:00');
});
