import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/audit/entry.ts';
import { compareRuns, wentStraight } from '../../src/console/compare-runs.ts';
import { findCall } from '../../src/console/find-call.ts';
import { readStepRuns } from '../../src/console/step-runs.ts';

interface Given {
  readonly step: string;
  readonly at: number;
  readonly attempt?: number;
  readonly input?: unknown;
  readonly reply?: unknown;
  readonly undo?: boolean;
}

/** As the extension shows the attempts of steps. */
const history = (attempts: readonly Given[]) => ({
  historyEvents: attempts.map(({ step, at, attempt = 1, input = {}, reply, undo = false }) => ({
    EventType: reply === undefined ? 'TaskScheduled' : 'TaskCompleted',
    Timestamp: new Date(at + 10).toISOString(),
    ScheduledTime: new Date(at).toISOString(),
    Input: JSON.stringify([{ idempotencyKey: `saga-1/main/${step}#1/${undo ? 'undo' : 'do'}`, attempt, input }]),
    ...(reply !== undefined && { Result: reply }),
  })),
});
const ok = (value: unknown) => ({ ok: true, value });
const failed = { ok: false, error: { name: 'Error', code: 'down', message: 'it is down' } };

describe('the steps of a run', () => {
  it('are told with all attempts, what went in and what came out; undos are none', () => {
    const runs = readStepRuns(
      history([
        { step: 'read', at: 0, input: { a: 1 }, reply: ok({ b: 2 }) },
        { step: 'send', at: 100, reply: failed },
        { step: 'send', at: 1_000, attempt: 2, reply: failed },
        { step: 'read', at: 2_000, undo: true, reply: ok(undefined) },
        { step: 'tell', at: 3_000 },
      ]),
    );
    expect(runs).toMatchObject([
      { step: 'main/read#1', attempts: 1, milliseconds: 10, outcome: 'succeeded', input: { a: 1 }, output: { b: 2 } },
      { step: 'main/send#1', attempts: 2, milliseconds: 910, outcome: 'failed', error: 'down' },
      { step: 'main/tell#1', outcome: 'running' },
    ]);
  });
});

const entry = (at: number): Entry => ({
  sequence: 1,
  kind: 'attempt',
  time: new Date(at + 10).toISOString(),
  idempotencyKey: 'saga-1/main/send#1/do',
  attempt: 1,
  summary: '',
});

describe('one attempt', () => {
  const cause = { name: 'FetchError', code: 'ECONNRESET', message: 'reset' };
  const reply = { ok: false, error: { name: 'Error', code: 'down', message: 'it is down', stack: 'at here', cause } };
  const raw = history([
    { step: 'send', at: 0, input: { to: 'a' }, reply: ok({ sent: 1 }) },
    { step: 'send', at: 100, input: { to: 'b' }, reply },
    { step: 'send', at: 100, input: { to: 'b' }, undo: true, reply: ok({}) },
  ]);
  it('has the values that the trail keeps digests of, and its error with what caused it', () => {
    expect(findCall(raw, entry(0))).toEqual({ input: { to: 'a' }, output: { sent: 1 }, errors: [] });
    expect(findCall(raw, entry(100))?.errors).toEqual([
      { name: 'Error', code: 'down', message: 'it is down', stack: 'at here' },
      { ...cause, stack: undefined },
    ]);
    expect(findCall(raw, { ...entry(0), idempotencyKey: 'other' })).toBeUndefined();
  });
});

describe('a run beside one that succeeded', () => {
  const there = readStepRuns(
    history([
      { step: 'read', at: 0, input: { file: { name: 'a', size: 1 } }, reply: ok({ text: 'x', pages: [1, 2] }) },
      { step: 'send', at: 50, reply: ok({}) },
      { step: 'tell', at: 90, reply: ok({}) },
    ]),
  );

  it('differs in values, and leaves the path where a step first went another way', () => {
    const here = readStepRuns(
      history([
        { step: 'read', at: 0, input: { file: { name: 'b', size: 1 } }, reply: ok({ text: 'x', pages: [1] }) },
        { step: 'send', at: 50, reply: failed },
        { step: 'mend', at: 70, reply: ok({}) },
      ]),
    );
    const { steps, leftAt } = compareRuns(here, there);
    expect(leftAt).toBe('main/send#1');
    expect(steps.map(({ step, here, there }) => [step, here?.outcome, there?.outcome])).toEqual([
      ['main/read#1', 'succeeded', 'succeeded'],
      ['main/send#1', 'failed', 'succeeded'],
      ['main/tell#1', undefined, 'succeeded'],
      ['main/mend#1', 'succeeded', undefined],
    ]);
    expect(steps[0]?.changes).toEqual([
      { path: 'input.file.name', here: 'b', there: 'a' },
      { path: 'output.pages', here: [1], there: [1, 2] },
    ]);
  });

  it('is the same as itself', () => {
    const { steps, leftAt } = compareRuns(there, there);
    expect(leftAt).toBeUndefined();
    expect(steps.flatMap(({ changes }) => changes)).toEqual([]);
  });
});

const line = (step: string, undo: 'pending' | 'done' = 'pending') => ({ step, outcome: 'succeeded' as const, undo });

describe('a run that succeeded', () => {
  it('went straight when nothing was undone and every step was its first', () => {
    expect(wentStraight({ compensation: [line('main/save#1'), line('main/send#1'), line('main/save#2')] })).toBe(true);
    expect(wentStraight({ compensation: [line('main/save#1', 'done'), line('main/save#2')] })).toBe(false);
    expect(wentStraight({ compensation: [line('main/save#3'), line('main/send#2')] })).toBe(false);
  });
});
