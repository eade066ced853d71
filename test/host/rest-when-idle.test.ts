import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { restWhenIdle } from '../../src/host/rest-when-idle.ts';
import type { InvocationResult } from '../../src/host/worker/contract.ts';

const result: InvocationResult = { ok: true, returnValue: undefined, outputs: new Map() };
const invocation = { functionName: 'f', invocationId: 'i', inputs: new Map() };

/** `rested` resolves with how many functions ran when the rest began. */
const start = (idleMs: number) => {
  const open: PromiseWithResolvers<InvocationResult>[] = [];
  const rested = Promise.withResolvers<number>();
  let rests = 0;
  let running = 0;
  const { invoke, stop } = restWhenIdle(
    async () => {
      const call = Promise.withResolvers<InvocationResult>();
      open.push(call);
      running++;
      const answer = await call.promise;
      running--;
      return answer;
    },
    idleMs,
    () => {
      rests++;
      rested.resolve(running);
    },
  );
  return {
    call: () => void invoke(invocation),
    end: () => open.shift()?.resolve(result),
    stop,
    rested: rested.promise,
    rests: () => rests,
  };
};

test('a host rests once when its last function has ended', async () => {
  const { call, end, rested, rests } = start(10);
  call();
  call();
  end();
  await sleep(30);
  expect(rests()).toBe(0);
  end();
  expect(await rested).toBe(0);
  await sleep(30);
  expect(rests()).toBe(1);
});

test('a host that stops does not rest any more', async () => {
  const { call, end, rests, stop } = start(10);
  call();
  end();
  await sleep(0);
  stop();
  await sleep(30);
  expect(rests()).toBe(0);
});
