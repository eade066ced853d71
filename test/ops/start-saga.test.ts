import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { registerEndpoints } from '../../src/http/register-endpoints.ts';
import { createTrail } from '../../src/audit/create-trail.ts';
import { digest } from '../../src/audit/read-attempt.ts';
import { createDurableInstances } from '../../src/azure/durable-instances.ts';
import { createRedaction, redactInstances } from '../../src/ops/redaction.ts';
import type { SagaView } from '../../src/ops/saga-view.ts';
import { sagaEndpoints } from '../../src/ops/sagas.http.ts';
import { defineActivity, defineSaga, type Operation, sensitive, TerminalError } from '../../src/saga/index.ts';
import { registerSagas } from '../../src/saga/operate.ts';
import { createSagaTestHost, expectReplays, recordHistory } from '../../src/testing/index.ts';
import { createInMemoryDecisions } from '../../src/testing/in-memory-decisions.ts';
import { createInMemoryClaims } from '../../src/testing/in-memory-claims.ts';
import { openSurroundings } from '../http/open-surroundings.ts';

const measureText = defineSaga({
  name: 'measureText',
  version: '1',
  input: z.looseObject({ text: z.string() }),
  *run(_, { text }) {
    return { length: text.length };
  },
});

const fetchText = defineActivity({
  name: 'fetchText',
  input: z.object({ pin: sensitive(z.string()) }),
  output: z.object({}),
  effect: 'none',
  run: async (_, __, { correlationId }) => {
    if (correlationId === 'order-7') throw new TerminalError('there is none', { code: 'no_text' });
    return {};
  },
});

/** Goes on in a second generation, where it fails, and stands at its gate. */
const tieToRequest = defineSaga({
  name: 'tieToRequest',
  version: '1',
  input: z.object({ pin: sensitive(z.string()), turn: z.number() }),
  *run(saga, { turn, pin }): Operation<object> {
    if (turn === 1) return yield* saga.continueAsNew({ pin, turn: 2 });
    return yield* saga.step(fetchText, { pin });
  },
});

const tieToItsInput = defineSaga({
  name: 'tieToItsInput',
  version: '1',
  input: z.object({ caseId: z.string() }),
  correlationId: ({ caseId }) => caseId,
  *run(saga) {
    return saga.correlationId;
  },
});

const sagas = [measureText, tieToRequest, tieToItsInput];
const activities = [fetchText.bind({})];
const redaction = createRedaction({ sagas, activities });
const register = () => registerSagas({ sagas, activities, decisions: createInMemoryDecisions() });
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

async function startHost() {
  const traces = new Set<string | undefined>();
  const claims = createInMemoryClaims();
  const endpoints = sagaEndpoints({
    sagas,
    redaction,
    claims,
    newId: () => 'new-id',
    now: () => new Date('2026-03-01T10:00:00Z'),
  });
  const host = await createSagaTestHost({
    sagas,
    activities,
    claims,
    hostJson: { extensions: { durableTask: { storeInputsInOrchestrationHistory: true } } },
    observer: {
      noted: (_, saga) => void traces.add(saga.traceparent),
      attempted: ({ request }, work) => work(request.traceparent),
    },
    register: () =>
      registerEndpoints(endpoints, {
        ...openSurroundings,
        redact: (instances) => redactInstances(instances, redaction),
        observe: (_, answer) => answer(traceparent),
      }),
  });
  onTestFinished(() => host.close());
  const start = (input: unknown, name = 'measureText') =>
    host.fetch(`/api/sagas/${name}`, {
      method: 'POST',
      headers: { 'x-correlation-id': 'order-7' },
      body: JSON.stringify({ input, instanceId: 'started' }),
    });
  const shown = async () => (await (await host.fetch('/api/sagas/started')).json()) as SagaView;
  return { host, claims, start, traces, shown };
}

it('keeps a large input in the claim store, and the saga sees it whole', async () => {
  const { host, claims, start } = await startHost();
  expect((await start({ text: 'long'.repeat(50_000) })).status).toBe(202);
  expect((await host.runToEnd('started')).output).toEqual({ length: 200_000 });
  expect(claims.texts.size).toBe(1);
  expect(JSON.stringify(await host.history('started'))).not.toContain('longlong');
});

it('takes from nobody what only the engine says to itself', async () => {
  const { start } = await startHost();
  const answer = await start({ text: '', $saga: { carried: { instanceId: 'started' } } });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ detail: expect.stringContaining("'$saga'") as unknown });
});

it('ties a saga to the request that started it, through its generations, its steps, its trail and its rewinds', async () => {
  const { host, start, traces, shown } = await startHost();
  expect((await start({ pin: '5ecret', turn: 1 }, 'tieToRequest')).status).toBe(202);
  await host.runToEnd('started');
  expect(await shown()).toMatchObject({ correlationId: 'order-7', error: { code: 'no_text' } });
  await host.passGate('started', { action: 'retry', by: 'Kim' });
  await host.runToEnd('started');
  expect(await shown()).toMatchObject({ correlationId: 'order-7', error: { code: 'no_text' } });
  expect(traces).toEqual(new Set([traceparent]));
});

it('shows the input as the client sent it, without what is sensitive, and digests it so', async () => {
  const { host, start, shown } = await startHost();
  await start({ pin: '5ecret', turn: 2 }, 'tieToRequest');
  await host.runToEnd('started');
  expect((await shown()).input).toEqual({ pin: '[redacted]', turn: 2 });
  const raw = createDurableInstances(`${host.url}/runtime/webhooks/durabletask`);
  const instance = await redactInstances(raw, redaction).get('started', { history: true });
  expect(instance?.input).toEqual({
    $saga: { origin: { correlationId: 'order-7', traceparent } },
    input: { pin: '[redacted]', turn: 2 },
  });
  const original = await raw.get('started', { history: true });
  expect(original && createTrail(original).entries[0]).toMatchObject({
    kind: 'started',
    correlationId: 'order-7',
    inputSha256: digest({ pin: '5ecret', turn: 2 }),
  });
  await expectReplays(register, await recordHistory(host, 'started'));
});

it('leaves a saga that reads its correlation from its input the bare input', async () => {
  const { host, start } = await startHost();
  await start({ caseId: 'case-1' }, 'tieToItsInput');
  expect(await host.runToEnd('started')).toMatchObject({ input: { caseId: 'case-1' }, output: 'case-1' });
});
