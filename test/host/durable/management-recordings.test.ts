import type { Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AppWorker } from '../../../src/host/worker/app-worker.ts';
import type { Invoke } from '../../../src/host/worker/contract.ts';
import { startCalledServer } from '../../conformance/called-server.ts';
import { type Target, playRecording } from '../../conformance/play-recording.ts';
import { replayable } from '../../conformance/replayable.ts';
import {
  type TestEngine,
  createFastClock,
  createTestEngine,
  linkBase,
  serveRpc,
  startTestApp,
} from './engine-harness.ts';
import type { Exchange } from './recording.ts';

let worker: AppWorker;
let engine: TestEngine;
let target: Target;
const servers: Server[] = [];

/** While it is set, no function is called: what the real engine shows because it is slow can be seen here too. */
let hold: PromiseWithResolvers<void> | undefined;

beforeAll(async () => {
  worker = await startTestApp();
  const rpc = await serveRpc(() => engine);
  const called = await startCalledServer();
  servers.push(rpc.server, called.server);
  const invoke: Invoke = async (invocation) => {
    await hold?.promise;
    return worker.invoke(invocation);
  };
  engine = createTestEngine({ functions: worker.functions, invoke, clock: createFastClock(25), rpcBaseUrl: rpc.url });
  engine.start();
  target = {
    linkBase,
    calledUrl: called.url,
    call: (method, path, { contentType = null, ...options }) => engine.call(method, path, { contentType, ...options }),
  };
});

afterAll(async () => {
  for (const server of servers) server.close();
  await engine.stop();
  await worker.stop();
});

const beforeRequest = ({ request }: Exchange, next: Exchange | undefined): void => {
  const isSeenUnfinished = next?.request[0] === 'GET' && next.status === 202;
  if (isSeenUnfinished && /\/(rewind|terminate)(\?|$)/.test(request[1])) hold = Promise.withResolvers();
};

const afterAnswer = ({ request: [method] }: Exchange): void => {
  if (method !== 'GET') return;
  hold?.resolve();
  hold = undefined;
};

test.each(replayable)('$scenario', async ({ scenario, exchanges }) => {
  const options = { id: `${scenario}-1`, patience: 1000, beforeRequest, afterAnswer };
  const { answers, recorded } = await playRecording(target, exchanges, options);
  expect(answers).toEqual(recorded);
});
