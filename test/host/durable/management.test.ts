import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AppWorker } from '../../../src/host/worker/app-worker.ts';
import { type TestEngine, createFastClock, createTestEngine, startTestApp } from './engine-harness.ts';

let worker: AppWorker;
let engine: TestEngine;

beforeAll(async () => {
  worker = await startTestApp();
  engine = createTestEngine({ functions: worker.functions, invoke: worker.invoke, clock: createFastClock(25) });
  engine.start();
});

afterAll(async () => {
  await engine.stop();
  await worker.stop();
});

const ask = async (request: string, body?: string) => {
  const [method = '', path = ''] = request.split(' ');
  const answer = await engine.call(method, path, { body });
  return { status: answer.status, body: answer.body === '' ? undefined : (JSON.parse(answer.body) as unknown) };
};

test('in another task hub nothing is to be found', async () => {
  await ask('POST /orchestrators/NoActions/here', '1');
  await engine.ended('here');
  await ask('POST /entities/CounterEntity/here?op=add', '1');
  for (const request of [
    'GET /instances/here',
    'DELETE /instances/here',
    'POST /instances/here/raiseEvent/E',
    'POST /instances/here/terminate',
    'POST /instances/here/restart',
    'GET /entities/CounterEntity/here',
  ]) {
    expect({ request, ...(await ask(`${request}?taskHub=There`, '1')) }).toEqual({
      request,
      status: 404,
      body: undefined,
    });
  }
  expect(await ask('GET /entities?taskHub=There')).toEqual({ status: 200, body: [] });
  expect(await ask('DELETE /instances?createdTimeFrom=2000-01-01&taskHub=There')).toMatchObject({
    body: { instancesDeleted: 0 },
  });
  expect(await ask('GET /nothing?taskHub=There')).toEqual({ status: 404, body: undefined });
  expect((await ask('POST /entities/CounterEntity/here?op=add&taskHub=There', '1')).status).toBe(400);
});

test('the own task hub and connection are found whatever their case, and when nothing stands for them', async () => {
  await ask('POST /orchestrators/NoActions/own', '1');
  const queries = ['taskHub=testhubname&connection=storage', 'taskHub=&connection=', 'CONNECTION=AzureWebJobsStorage'];
  for (const query of queries) {
    expect((await engine.ended('own')).runtimeStatus).toBe('Completed');
    expect({ query, ...(await ask(`GET /instances/own?${query}`)) }).toMatchObject({ query, status: 200 });
  }
  expect(await ask('GET /entities/CounterEntity/own?connection=Theirs')).toMatchObject({
    status: 500,
    body: { ExceptionMessage: "Unable to resolve the Azure Storage connection named 'Theirs'." },
  });
});

test('a continuation token that is none is refused by its name', async () => {
  const answer = await engine.call('GET', '/instances', { headers: { 'x-ms-continuation-token': 'what, me?' } });
  expect(answer).toMatchObject({
    status: 400,
    body: '{"Message":"The header x-ms-continuation-token is \\"what, me?\\", which is no token of this host."}',
  });
});

test('an operation needs the key of an entity', async () => {
  const answer = await ask('POST /entities/CounterEntity?op=add', '3');
  expect(answer).toEqual({
    status: 400,
    body: { Message: "Invalid entity id: entity key must not be null. (Parameter 'entityKey')" },
  });
});
