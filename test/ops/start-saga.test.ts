import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { registerEndpoints } from '../../src/http/register-endpoints.ts';
import { createRedaction } from '../../src/ops/redaction.ts';
import { sagaEndpoints } from '../../src/ops/sagas.http.ts';
import { defineSaga } from '../../src/saga/index.ts';
import { createSagaTestHost } from '../../src/testing/index.ts';
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

async function startHost() {
  const claims = createInMemoryClaims();
  const endpoints = sagaEndpoints({
    sagas: [measureText],
    redaction: createRedaction({ sagas: [measureText], activities: [] }),
    claims,
    newId: () => 'new-id',
    now: () => new Date('2026-03-01T10:00:00Z'),
  });
  const host = await createSagaTestHost({
    sagas: [measureText],
    activities: [],
    claims,
    register: () => registerEndpoints(endpoints, openSurroundings),
  });
  onTestFinished(() => host.close());
  const start = (input: unknown) =>
    host.fetch('/api/sagas/measureText', { method: 'POST', body: JSON.stringify({ input, instanceId: 'started' }) });
  return { host, claims, start };
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
