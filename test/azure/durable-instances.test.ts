import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { createDurableInstances } from '../../src/azure/durable-instances.ts';

/** An extension that answers every request with one status and one body. */
let answer = 202;
let said = '"said so"';
const server = createServer((_, response) => void response.writeHead(answer).end(said));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => void server.close());
const instances = createDurableInstances(`http://127.0.0.1:${(server.address() as AddressInfo).port}/durabletask`);

const operations = {
  raiseEvent: () => instances.raiseEvent('i', 'cancel', {}),
  rewind: () => instances.rewind('i', 'why'),
  terminate: () => instances.terminate('i', 'why'),
  suspend: () => instances.suspend('i', 'why'),
  resume: () => instances.resume('i', 'why'),
  purge: () => instances.purge('i'),
};
const names = Object.keys(operations) as (keyof typeof operations)[];

it.each(names)('%s tells accepted, unknown and refused apart', async (name) => {
  const outcomes: unknown[] = [];
  for (answer of [202, 404, 409, 410, 412]) outcomes.push(await operations[name]());
  expect(outcomes).toEqual(['accepted', 'not-found', 'refused', 'refused', 'refused']);
});

it.each(names)('%s takes a 500 for the failure that it is', async (name) => {
  answer = 500;
  await expect(operations[name]()).rejects.toThrow('the Durable extension answered 500 "said so"');
});

it.each(['suspend', 'resume'] as const)(
  '%s takes a 500 for the refusal that the real extension means',
  async (name) => {
    answer = 500;
    said = JSON.stringify({ Message: 'Something went wrong', ExceptionType: 'System.InvalidOperationException' });
    expect(await operations[name]()).toBe('refused');
  },
);
