import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { blobAndQueue, type ErrorData, rateLimit, type RetryOptions, transient } from '../../src/saga/index.ts';
import { computeRetryDelay, seededFraction } from '../../src/saga/retry.ts';

const busy: ErrorData = { name: 'Error', code: 'busy', message: 'busy', retryable: true, outcome: 'failed' };

function waits(options: RetryOptions, error = busy): number[] {
  const delays: number[] = [];
  for (let attempt = 1, elapsedMs = 0; ; attempt++) {
    const delay = computeRetryDelay(options, { attempt, error, elapsedMs, seed: 'seed' });
    if (delay === undefined) return delays;
    delays.push(delay);
    elapsedMs += delay;
  }
}

test('the named policies wait as they say', () => {
  expect(waits(blobAndQueue)).toEqual([1000, 2000, 4000, 8000, 16_000]);
  expect(waits(rateLimit)).toEqual([5000, 10_000]);
  expect(waits({ ...transient, jitter: 0 })).toEqual([1000, 2000, 4000, 8000]);
  expect(waits({ ...rateLimit, maxAttempts: 5 })).toEqual([5000, 10_000, 20_000, 30_000]);
});

test('a wait is never more than what the policy or the server asks for, and always a date can hold it', () => {
  const policy = fc.record({
    firstIntervalMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
    maxAttempts: fc.integer({ min: 1, max: 2_000 }),
    backoffCoefficient: fc.double({ min: 1, max: 100, noNaN: true }),
    maxIntervalMs: fc.double({ min: 1, max: 1e15, noNaN: true }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const asked = fc.option(fc.double({ min: 0, max: 1e300, noNaN: true }), { nil: undefined });
  fc.assert(
    fc.property(
      policy,
      fc.integer({ min: 1, max: 2_000 }),
      asked,
      fc.string(),
      (options, attempt, retryAfterMs, seed) => {
        const failed = { attempt, error: { ...busy, retryAfterMs }, elapsedMs: 0, seed };
        const delay = computeRetryDelay(options, failed);
        expect(delay).toBe(computeRetryDelay(options, failed));
        if (delay === undefined) return attempt >= options.maxAttempts;
        expect(Number.isSafeInteger(delay) && delay >= 0).toBe(true);
        expect(delay).toBeLessThanOrEqual(Math.ceil(Math.max(options.maxIntervalMs, retryAfterMs ?? 0)));
        return new Date(Date.UTC(2026, 0, 1) + delay).getUTCFullYear() <= 2027;
      },
    ),
  );
});

test('a fraction depends on its seed alone and spreads over the whole range', () => {
  const fractions = Array.from({ length: 1_000 }, (_, n) => seededFraction(`seed ${n}`));
  expect(Math.min(...fractions)).toBeLessThan(0.02);
  expect(Math.max(...fractions)).toBeGreaterThan(0.98);
  expect(fractions.every((fraction) => fraction >= 0 && fraction < 1)).toBe(true);
});
