import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import type { ProblemDocument } from './api.ts';
import { createApi } from './api.ts';
import { createOrderApi } from './order-api.ts';
import { makeDataFolder, useProgram } from './program.ts';
import { sampleOrder } from '../orders/sample-order.ts';

const program = await useProgram({ TRADE_TIMEOUT_SECONDS: '1' });
const orders = createOrderApi(program);
const api = createApi(program.url);

const textOf = async (path: string): Promise<string> => (await fetch(new URL(path, program.url))).text();

it.each([
  ['fulfilled', 'tok_secret-card-1'],
  ['refused', 'tok_declined'],
  ['without answer', 'tok_times_out'],
])('the card token of an order that is %s shows nowhere', async (_, cardToken) => {
  const { body } = await orders.place(sampleOrder({ payment: { cardToken } }));
  const { instanceId, orderId } = body;
  await orders.ended(instanceId);
  const saga = `/api/sagas/${instanceId}`;
  const paths = [
    saga,
    `${saga}/history`,
    `${saga}/events`,
    ...['json', 'jsonl', 'csv', 'html'].map((format) => `${saga}/audit?format=${format}`),
    `/api/sagas?q=${orderId}`,
    `/api/orders/${orderId}`,
  ];
  const shown = await Promise.all(paths.map((path) => textOf(path)));
  expect(paths.filter((__, n) => shown[n]?.includes(cardToken))).toEqual([]);
  expect(shown[0]).toContain('[redacted]');
  expect(shown[1]).toContain('"redacted":true');
  expect(program.output()).not.toContain(cardToken);
  expect((await api.get<{ sagas: unknown[] }>(`/api/sagas?q=${cardToken}`)).body.sagas).toEqual([]);

  await api.send(`${saga}?by=Kim`, { method: 'DELETE' });
  expect(await textOf(`${saga}/audit`)).not.toContain(cardToken);
});

it('a card token that does not fit is not sent back', async () => {
  const cardToken = 'x'.repeat(201);
  const { status, body } = await api.post<ProblemDocument>('/api/orders', sampleOrder({ payment: { cardToken } }));
  expect([status, body.errors?.map(({ field }) => field)]).toEqual([400, ['payment.cardToken']]);
  expect(JSON.stringify(body)).not.toContain('xxx');
});

it('a history without its secrets is replayed as one with them', async () => {
  const { body } = await orders.place(sampleOrder({ payment: { cardToken: 'tok_secret-card-2' } }));
  await orders.ended(body.instanceId);
  const folder = await makeDataFolder(onTestFinished);
  const files = await Promise.all(
    ['?raw=true', ''].map(async (query) => {
      const file = join(folder, `history${query.length}.json`);
      await writeFile(file, await textOf(`/api/sagas/${body.instanceId}/history${query}`));
      return file;
    }),
  );
  const [raw = '', redacted = ''] = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  expect([raw.includes('tok_secret-card-2'), redacted.includes('tok_secret-card-2')]).toEqual([true, false]);
  const replay = ['--disable-warning=ExperimentalWarning', 'src/replay/main.ts', ...files];
  await expect(promisify(execFile)(process.execPath, replay)).resolves.toMatchObject({ stderr: '' });
});
