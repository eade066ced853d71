import { describe, expect, it } from 'vitest';
import { sha256Of } from '../../src/audit/canonical-json.ts';
import { createTrail } from '../../src/audit/create-trail.ts';
import type { Entry, EntryKind } from '../../src/audit/entry.ts';
import type { AuditedInstance } from '../../src/audit/history.ts';
import { readTrail } from '../../src/audit/read-trail.ts';
import { gateFunction } from '../../src/saga/operate.ts';
import { call, histories, history, made, recordedHistories, recordedHistory } from './histories.ts';

const of = (entries: readonly Entry[], ...kinds: EntryKind[]): Entry[] =>
  entries.filter(({ kind }) => kinds.includes(kind));

const kinds = (instance: AuditedInstance): EntryKind[] => readTrail(instance).map(({ kind }) => kind);

const summaries = (instance: AuditedInstance): string[] => readTrail(instance).map(({ summary }) => summary);

describe('a trail', () => {
  it('names each attempt with its step, number, key, times, and digests of what went in and out', () => {
    const [started, save] = readTrail(history('completed'));
    expect(started).toMatchObject({
      sequence: 1,
      kind: 'started',
      step: 'processDocument',
      correlationId: 'clear.pdf',
      summary: 'processDocument was started for correlation id clear.pdf.',
    });
    expect(save).toEqual({
      sequence: 2,
      time: '2026-11-21T11:58:05.984Z',
      kind: 'attempt',
      step: 'main/saveRecord#1',
      attempt: 1,
      outcome: 'succeeded',
      startedAt: '2026-11-21T11:58:05.930Z',
      idempotencyKey: 'document-20261121-000000000000000000000001/main/saveRecord#1/do',
      inputSha256: sha256Of({ status: 'processing', id: '20261121-000000000000000000000001' }),
      outputSha256: sha256Of({}),
      summary: 'main/saveRecord#1: attempt 1 succeeded.',
    });
    expect(readTrail(history('completed')).at(-1)).toMatchObject({ kind: 'ended', outcome: 'Completed' });
  });

  it('tells failed attempts with their errors, and each wait with its end', () => {
    const entries = readTrail(history('retrying'));
    expect(of(entries, 'attempt').at(-1)).toMatchObject({
      attempt: 3,
      outcome: 'failed',
      error: { name: 'RetryableError', code: 'extraction_down', message: 'extraction is down (switched off)' },
    });
    expect(of(entries, 'wait').map(({ summary }) => summary)).toEqual([
      'main/extractFields#1 is tried again at 2026-11-21T11:58:08.604Z.',
      'main/extractFields#1 is tried again at 2026-11-21T11:58:10.618Z.',
      'main/extractFields#1 is tried again at 2026-11-21T11:58:14.626Z.',
    ]);
  });

  it('tells who decided a review, what and why, which answer was ignored, and who paused meanwhile', () => {
    expect(of(readTrail(history('in-review')), 'review-opened')).toMatchObject([
      { step: 'extraction', due: '2026-11-24T11:58:06.448Z' },
    ]);
    const entries = readTrail(history('reviewed'));
    expect(
      of(entries, 'review-opened', 'suspended', 'resumed', 'decision-ignored', 'review-decided', 'wait'),
    ).toMatchObject([
      { kind: 'review-opened', step: 'extraction', due: '2026-11-24T11:58:06.448Z' },
      { kind: 'suspended', actor: 'Kim', reason: 'lunch' },
      { kind: 'resumed', actor: 'Kim', reason: 'back' },
      { kind: 'decision-ignored', step: 'extraction', action: 'approve', actor: 'bad' },
      {
        kind: 'review-decided',
        step: 'extraction',
        action: 'approve',
        actor: 'Ada',
        reason: '=read from the paper',
        data: { corrections: { totalAmount: 120.5, issueDate: '2026-04-03' } },
      },
    ]);
  });

  it('tells a cancel, what it undid, and the gate', () => {
    const entries = readTrail(history('cancelled'));
    expect(of(entries, 'cancel-requested', 'undo', 'gate-failed', 'ended')).toMatchObject([
      { kind: 'cancel-requested', actor: 'Kim', reason: 'sent twice' },
      { kind: 'undo', step: 'main/downloadDocument#1', attempt: 1, outcome: 'succeeded' },
      { kind: 'gate-failed', attempt: 1, error: { code: 'cancelled' }, data: { actions: ['retry', 'abort'] } },
      { kind: 'ended', outcome: 'Failed' },
    ]);
  });

  it('tells who killed an instance', () => {
    expect(summaries(history('terminated')).slice(-2)).toEqual([
      'The instance was terminated by Kim: wrong tenant.',
      'The instance ended: Terminated.',
    ]);
  });

  it('tells failures that a native rewind has taken out of the history, and each rewind with who asked for it', () => {
    const entries = readTrail(history('rewound'));
    expect(of(entries, 'gate-failed', 'ended', 'rewound', 'erased')).toMatchObject([
      { kind: 'gate-failed', attempt: 1, error: { code: 'extraction_down' } },
      { kind: 'ended', outcome: 'Failed' },
      { kind: 'rewound', attempt: 1, action: 'retry', actor: 'Ada', reason: 'the outage is over' },
      { kind: 'gate-failed', attempt: 2, error: { code: 'extraction_down' } },
      { kind: 'ended', outcome: 'Failed' },
      { kind: 'rewound', attempt: 2, action: 'retry', reason: 'again' },
      { kind: 'ended', outcome: 'Completed' },
    ]);
  });

  it.each([
    ['in-review', 'reviewed'],
    ['retrying', 'failed'],
    ['failed', 'failed-twice'],
    ['failed-twice', 'rewound'],
  ] as const)('only grows: %s, then %s', (before, after) => {
    const earlier = createTrail(history(before));
    const later = createTrail(history(after));
    expect(later.entries.slice(0, earlier.entries.length)).toEqual(earlier.entries);
    expect(later.entries.length).toBeGreaterThan(earlier.entries.length);
  });

  it('is the same for the same history', () => {
    for (const instance of histories.values()) expect(createTrail(instance)).toEqual(createTrail(instance));
  });

  it('refuses a history that is none', () => {
    const instance = made({ EventType: 4 });
    expect(() => readTrail(instance)).toThrow(/event 0 of the history is unreadable.*EventType/s);
  });
});

describe('what the real engine shows', () => {
  it.each(recordedHistories)('is told event by event: $scenario', ({ instance }) => {
    const entries = readTrail(instance);
    expect(entries.length).toBeGreaterThan(0);
    expect(entries[0]).toMatchObject({ kind: 'started' });
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, n) => n + 1));
  });

  it('tells three rewinds at a gate, where the engine keeps no inputs', () => {
    const instance = recordedHistory('rewind-gate-thrice');
    const renamed = JSON.stringify(instance.historyEvents).replaceAll('"Gate"', JSON.stringify(gateFunction));
    const entries = readTrail({ ...instance, historyEvents: JSON.parse(renamed) as unknown[] });
    expect(of(entries, 'gate-failed')).toHaveLength(3);
    expect(of(entries, 'erased')).toEqual([]);
    expect(of(entries, 'rewound')).toMatchObject(
      ['try1', 'try2', 'fixed'].map((reason) => ({ action: 'retry', reason })),
    );
  });

  it('tells a rewind after a bug, and says where it took out what nobody can know any more', () => {
    expect(of(readTrail(recordedHistory('rewind-after-bug')), 'ended', 'rewound')).toMatchObject([
      { outcome: 'Failed' },
      { reason: 'deployed' },
      { outcome: 'Completed' },
    ]);
    expect(of(readTrail(recordedHistory('rewind-after-compensation')), 'erased')).toMatchObject([
      { data: { events: 2 } },
    ]);
  });

  it('tells suspend, resume and terminate with their reasons, and sub-sagas with their instances', () => {
    expect(of(readTrail(recordedHistory('suspend-resume')), 'suspended', 'resumed')).toMatchObject([
      { reason: 'pause' },
      { reason: 'go' },
    ]);
    expect(of(readTrail(recordedHistory('terminate')), 'terminated')).toMatchObject([{ reason: 'because I say so' }]);
    const parent = recordedHistories.find(({ scenario }) => scenario === 'sub-orchestrations');
    expect(parent && of(readTrail(parent.instance), 'sub-saga')).toMatchObject([
      { step: 'Child', outcome: 'succeeded' },
      { step: 'Child', outcome: 'succeeded' },
    ]);
  });
});

const task = (step: string, attempt: number, more: Record<string, unknown>) => ({
  EventType: 'TaskCompleted',
  FunctionName: step,
  Input: call(`${step}#1`, attempt),
  ScheduledTime: '2026-01-01T00:00:00+00:00',
  ...more,
});

const answer = (by: string) => ({
  EventType: 'EventRaised',
  Name: 'review:fraud',
  Input: JSON.stringify({ decision: 'approve', by }),
});

const passedGate = (number: number, action: string) => ({
  EventType: 'TaskCompleted',
  FunctionName: gateFunction,
  ScheduledTime: '2026-01-01T00:00:07+00:00',
  Input: JSON.stringify([
    { number, actions: ['retry', 'skip'], error: { name: 'E', code: `c${number}`, message: 'm' } },
  ]),
  Result: { action, by: 'Ada', reason: 'why' },
});

const timer = (due: string) => ({ EventType: 'TimerCreated', FireAt: due });

describe('histories that are rare', () => {
  it('an attempt that the host failed has an unknown outcome', () => {
    const entries = readTrail(
      made({
        EventType: 'TaskFailed',
        FunctionName: 'bookRoom',
        Input: call('bookRoom#1', 1),
        Reason: "Activity function 'bookRoom' failed: the worker was killed",
      }),
    );
    expect(entries).toMatchObject([
      { kind: 'attempt', step: 'main/bookRoom#1', outcome: 'unknown', error: { code: 'host_failure' } },
    ]);
  });

  it('an attempt that runs has begun', () => {
    const entries = readTrail(
      made({ EventType: 'TaskScheduled', Name: 'bookRoom-undo', Input: call('bookRoom#1', 2, 'undo') }),
    );
    expect(entries).toMatchObject([{ kind: 'undo', step: 'main/bookRoom#1', attempt: 2, outcome: 'running' }]);
  });

  it('retries of steps that run side by side are told apart by when they went on', () => {
    const failed = { ok: false, error: { name: 'E', code: 'c', message: 'm', retryable: true, outcome: 'failed' } };
    const entries = readTrail(
      made(
        task('a', 1, { Result: failed }),
        task('b', 1, { Result: failed }),
        { EventType: 'TimerCreated', FireAt: '2026-01-01T00:00:09Z' },
        { EventType: 'TimerCreated', FireAt: '2026-01-01T00:00:05Z' },
        task('b', 2, { Result: { ok: true }, ScheduledTime: '2026-01-01T00:00:05.01+00:00' }),
        task('a', 2, { Result: { ok: true }, ScheduledTime: '2026-01-01T00:00:09.01+00:00' }),
      ),
    );
    expect(of(entries, 'wait').map(({ step }) => step)).toEqual(['main/a#1', 'main/b#1']);
  });

  it('a review that waits on several timers is opened once, and an answer after which it went on was ignored', () => {
    const due = '2026-01-09T00:00:00Z';
    const events = [timer('2026-01-06T00:00:00Z'), { EventType: 'TimerFired' }, timer(due), answer('Ada'), timer(due)];
    const review = { id: 'fraud', openedAt: '2026-01-01T00:00:00Z', deadline: due };
    expect(kinds(made(...events))).toEqual(['review-opened', 'decision-ignored']);
    expect(kinds({ ...made(...events), customStatus: { review } })).toEqual(['review-opened', 'decision-ignored']);
    expect(kinds({ ...made(...events.slice(0, 3)), customStatus: { review } })).toEqual(['review-opened']);
    expect(kinds(made(...events.slice(0, 3)))).toEqual(['wait', 'wait']);
  });

  it('a second answer to a review that is decided is ignored', () => {
    const entries = readTrail(
      made({ EventType: 'TimerCreated', FireAt: '2026-01-02T00:00:00Z' }, answer('Ada'), answer('Kim')),
    );
    expect(entries).toMatchObject([
      { kind: 'review-opened', step: 'fraud' },
      { kind: 'review-decided', actor: 'Ada' },
      { kind: 'decision-ignored', actor: 'Kim' },
    ]);
  });

  it('two gates that were rewound at once are told with their own errors and decisions', () => {
    const blank = { EventType: 'GenericEvent', Data: null };
    const entries = readTrail(
      made(
        blank,
        blank,
        blank,
        blank,
        blank,
        { EventType: 'GenericEvent', Data: null },
        passedGate(1, 'skip'),
        passedGate(2, 'retry'),
      ),
    );
    expect(entries).toMatchObject([
      { kind: 'gate-failed', attempt: 1, time: '2026-01-01T00:00:02.123Z', error: { code: 'c1' } },
      { kind: 'gate-failed', attempt: 2, time: '2026-01-01T00:00:03.123Z', error: { code: 'c2' } },
      { kind: 'ended', outcome: 'Failed' },
      { kind: 'rewound', attempt: 1, action: 'skip', actor: 'Ada' },
      { kind: 'rewound', attempt: 2, action: 'retry', actor: 'Ada' },
    ]);
  });

  it('a gate that waits for an event, other events, and an engine that names its rewind', () => {
    const entries = readTrail(
      made(
        { EventType: 'EventRaised', Name: 'gate:1', Input: '{"action":"skip","by":"Ada","data":7}' },
        { EventType: 'EventRaised', Name: 'paid', Input: '{"amount":1}' },
        { EventType: 'ExecutionCompleted', OrchestrationStatus: 'Failed', Result: 'a bug\n at line 1' },
        { EventType: 'ExecutionRewound', Reason: 'by Kim: mended' },
      ),
    );
    expect(entries).toMatchObject([
      { kind: 'gate-decided', attempt: 1, action: 'skip', actor: 'Ada', data: 7 },
      { kind: 'event-received', step: 'paid', inputSha256: sha256Of({ amount: 1 }) },
      { kind: 'ended', outcome: 'Failed', error: { message: 'a bug' } },
      { kind: 'rewound', actor: 'Kim', reason: 'mended' },
    ]);
  });
});
