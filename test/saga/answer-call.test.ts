import { expect, test } from 'vitest';
import { z } from 'zod';
import { answerCall, deliverOutput } from '../../src/saga/answer-call.ts';
import { hostFailure } from '../../src/saga/error-data.ts';
import { errorDataSchema, RetryableError, TerminalError } from '../../src/saga/errors.ts';
import { sensitive } from '../../src/saga/sensitive.ts';

const request = { instanceId: 'i', correlationId: 'c', idempotencyKey: 'i/main/a#1/do', attempt: 1, input: {} };
const failing = (thrown: unknown) =>
  answerCall(1000, request, z.unknown(), async () => {
    throw thrown;
  });

test('a call is told who it is for, and can hear that its time is up', async () => {
  const seen = await new Promise((resolve) => {
    void answerCall(1000, request, z.unknown(), async (input, { signal, ...call }) => {
      resolve({ input, call, isAborted: signal.aborted });
      return { ok: true };
    });
  });
  const { input, ...call } = request;
  expect(seen).toEqual({ input, call, isAborted: false });
});

const circular: Record<string, unknown> = {};
circular['self'] = circular;
const hostile = Object.assign(new Error('odd'), { name: 7, code: 5, cause: circular, retryAfterInMs: Number.NaN });

test.each<[string, unknown]>([
  ['an Error', new TypeError('x')],
  ['nothing', undefined],
  ['a circular object', circular],
  ['a big integer', 12n],
  ['a function', () => {}],
  ['an object without prototype', Object.create(null)],
  ['an Error with odd fields', hostile],
  [
    'an Error that causes itself',
    Object.assign(new Error('loop'), {
      get cause() {
        return this as unknown;
      },
    }),
  ],
  ['a time to wait that is none', new RetryableError('busy', { code: 'busy', retryAfterMs: Infinity })],
])('whatever is thrown becomes data that survives JSON: %s', async (_, thrown) => {
  const reply = await failing(thrown);
  const { error } = JSON.parse(JSON.stringify(reply)) as { error: unknown };
  expect(errorDataSchema.safeParse(error).success).toBe(true);
});

test('what an error says about itself is kept, with its cause and a bounded stack', async () => {
  const cause = Object.assign(new Error('socket closed'), { code: 'ECONNRESET' });
  const reply = await failing(new RetryableError('x'.repeat(10_000), { code: 'slow', retryAfterMs: 1500, cause }));
  expect(reply).toMatchObject({
    ok: false,
    error: {
      name: 'RetryableError',
      code: 'slow',
      retryable: true,
      outcome: 'failed',
      retryAfterMs: 1500,
      cause: { message: 'socket closed', code: 'ECONNRESET' },
      message: `${'x'.repeat(2000)}… (8000 more characters)`,
    },
  });
  expect(JSON.stringify(reply).length).toBeLessThan(10_000);
  expect(await failing(new TerminalError('no', { code: 'no', outcome: 'unknown' }))).toMatchObject({
    error: { retryable: false, outcome: 'unknown' },
  });
});

test.each([
  [400, false],
  [404, false],
  [408, true],
  [409, false],
  [429, true],
  [500, true],
  [503, true],
  [529, true],
])("a client's %i is worth another attempt: %s", async (statusCode, retryable) => {
  const thrown = Object.assign(new Error('http'), { statusCode });
  expect(await failing(thrown)).toMatchObject({ error: { retryable, code: `http_${statusCode}` } });
});

test.each<[string, object, 'failed' | 'unknown']>([
  ['refused with 409', { statusCode: 409 }, 'failed'],
  ['refused with 429', { statusCode: 429 }, 'failed'],
  ['refused with 503', { statusCode: 503 }, 'failed'],
  ['answered with 500', { statusCode: 500 }, 'unknown'],
  ['answered with 504', { statusCode: 504 }, 'unknown'],
  ['broken off', { code: 'ECONNRESET' }, 'unknown'],
  ['followed by a mistake in the code', {}, 'unknown'],
])('after a request that was %s (%o) its effect has %s', async (_, fields, outcome) => {
  expect(await failing(Object.assign(new Error('http'), fields))).toMatchObject({ error: { outcome } });
});

test.each<[object, number | undefined]>([
  [{ retryAfterInMs: 250 }, 250],
  [{ headers: new Headers({ 'retry-after': '7' }) }, 7000],
  [{ headers: new Headers({ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }) }, undefined],
  [
    {
      headers: new Headers({
        'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT',
        date: 'Wed, 21 Oct 2026 07:26:30 GMT',
      }),
    },
    90_000,
  ],
  [
    {
      headers: new Headers({
        'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT',
        date: 'Wed, 21 Oct 2026 07:29:00 GMT',
      }),
    },
    0,
  ],
  [{ headers: new Headers({ 'retry-after': 'soon', date: 'Wed, 21 Oct 2026 07:28:00 GMT' }) }, undefined],
  [{ response: { headers: new Headers({ 'retry-after': '3' }) } }, 3000],
  [{ headers: new Headers() }, undefined],
  [{ retryAfterInMs: -5 }, undefined],
])('reads how long to wait from %o', async (fields, retryAfterMs) => {
  const reply = await failing(Object.assign(new Error('http'), { status: 429 }, fields));
  expect(reply.ok ? undefined : reply.error.retryAfterMs).toBe(retryAfterMs);
});

test('a request that is none is answered, not thrown', async () => {
  expect(await answerCall(1000, 'nonsense', z.unknown(), async () => ({ ok: true }))).toMatchObject({ ok: false });
});

test.each<[string, z.ZodType, unknown, boolean]>([
  ['what its schema takes again after JSON', z.object({ at: z.coerce.date() }), { at: new Date(0) }, true],
  ['nothing', z.void(), undefined, true],
  ['a date that comes back as text', z.date(), new Date(), false],
  ['what JSON cannot say', z.unknown(), 12n, false],
  ['a circular object', z.unknown(), circular, false],
])('delivers an output that is %s: %o', (_, schema, value, isDelivered) => {
  expect(deliverOutput(schema, value, 'a').ok).toBe(isDelivered);
});

test('a host failure is told by its first line alone, whatever form it came in', () => {
  const details = JSON.stringify({ $type: 'System.Exception', ClassName: 'System.Exception' });
  const old = hostFailure(new Error(`Activity function 'a' failed: Result: Timeout \n ${details}`));
  expect(old.message).toBe("Activity function 'a' failed: Result: Timeout");
  expect(hostFailure('gone').message).toBe('gone');
  expect(old).toMatchObject({ code: 'host_failure', outcome: 'unknown', retryable: true });
});

test('an error says nothing of what is sensitive in the input of its call', async () => {
  const card = { ...request, input: { cardToken: 'tok_1234567' } };
  const cause = new Error('POST /charges tok_1234567');
  const reply = await answerCall(1000, card, z.object({ cardToken: sensitive(z.string()) }), async () => {
    throw new TerminalError('tok_1234567 is declined', { code: 'declined', cause });
  });
  expect(reply).toMatchObject({
    error: { message: '[redacted] is declined', cause: { message: 'POST /charges [redacted]' } },
  });
  expect(JSON.stringify(reply)).not.toContain('tok_1234567');
});
