import { describe, expect, it } from 'vitest';
import type { Instance } from '../../src/azure/durable-instances.ts';
import { awaitsDecision, computeRewindVerdict, toSagaView } from '../../src/ops/saga-view.ts';

const gateFailure =
  'Orchestrator function \'processDocument\' failed: Activity function \'sagaGate\' failed: gate#2# {"name":"StepFailed","code":"down","message":"down"}';

const instance = (more: Partial<Instance> = {}): Instance => ({
  name: 'processDocument',
  instanceId: 'i',
  runtimeStatus: 'Running',
  input: null,
  customStatus: null,
  output: null,
  createdTime: new Date('2026-03-01T10:00:00Z'),
  lastUpdatedTime: new Date('2026-03-01T10:00:01Z'),
  ...more,
});

const status = (more: object = {}) => ({
  saga: 'processDocument',
  version: '1',
  correlationId: 'c-1',
  phase: 'running',
  progress: 20,
  ledger: [],
  ...more,
});

const review = { id: 'extraction', name: 'extraction', of: {}, openedAt: '2026-03-01', deadline: '2026-03-04' };

const lines = (undo: string) => [
  { step: 'main/pay#1', outcome: 'succeeded', undo },
  { step: 'main/ask#1', outcome: 'succeeded', undo: 'none' },
  { step: 'main/ship#1', outcome: 'unknown', undo: 'done' },
];

describe('the view of an instance', () => {
  it.each([
    ['Running', status({ phase: 'waiting' }), 'waiting'],
    ['Pending', null, 'pending'],
    ['Pending', status({ phase: 'in_review' }), 'in_review'],
    ['Suspended', status({ phase: 'in_review' }), 'suspended'],
    ['Terminated', status(), 'terminated'],
    ['Completed', status({ phase: 'completed' }), 'completed'],
    ['Completed', status({ phase: 'held', error: { name: 'TerminalError', code: 'down', message: 'down' } }), 'failed'],
    ['Failed', status({ phase: 'held', gate: { number: 1, mode: 'rewind', actions: [] } }), 'held'],
    ['Failed', status(), 'failed'],
    ['Running', 'what another orchestration says', 'pending'],
  ] as const)('that is %s with status %o says %3$s', (runtimeStatus, customStatus, phase) => {
    expect(toSagaView(instance({ runtimeStatus, customStatus })).phase).toBe(phase);
  });

  it.each(['Running', 'Pending', 'Suspended'] as const)('that is %s shows its open review', (runtimeStatus) => {
    expect(toSagaView(instance({ runtimeStatus, customStatus: status({ review }) })).review).toEqual(review);
  });

  it.each(['Completed', 'Failed', 'Terminated'] as const)('that is %s has no open review', (runtimeStatus) => {
    expect(toSagaView(instance({ runtimeStatus, customStatus: status({ review }) })).review).toBeUndefined();
  });

  it.each([
    ['Completed', status({ phase: 'completed' }), 'kept'],
    ['Completed', status({ phase: 'failed', error: { name: 'E', code: 'down', message: 'down' } }), 'pending'],
    ['Running', status(), 'pending'],
    ['Failed', status({ phase: 'held' }), 'pending'],
    ['Terminated', status(), 'pending'],
  ] as const)('that is %s with status %o says of what was done and not undone: %3$s', (runtimeStatus, own, undo) => {
    const customStatus = { ...own, ledger: lines('pending') };
    expect(toSagaView(instance({ runtimeStatus, customStatus })).compensation).toEqual(lines(undo));
  });

  it('that failed by a bug says so in words', () => {
    const { error } = toSagaView(instance({ runtimeStatus: 'Failed', output: 'TypeError: x is undefined' }));
    expect(error).toEqual({ code: 'orchestrator_failed', message: 'TypeError: x is undefined' });
  });
});

describe('a failed instance', () => {
  const gate = { number: 1, mode: 'rewind', actions: ['retry'] };
  it.each([
    ['is held', status({ phase: 'held', gate }), true],
    ['could not be compensated', status({ phase: 'compensation_failed', gate }), true],
    ['stopped by a bug in its midst', status({ phase: 'running' }), true],
    ['stopped by a bug while it compensated', status({ phase: 'compensating' }), true],
    ['has undone everything', status({ phase: 'failed', gate }), false],
    ['was given up', status({ phase: 'aborted' }), false],
    ['never began', null, false],
  ] as const)('that %s awaits a decision: %3$s', (_, customStatus, expected) => {
    expect(awaitsDecision(instance({ runtimeStatus: 'Failed', customStatus }))).toBe(expected);
    expect(awaitsDecision(instance({ runtimeStatus: 'Completed', customStatus }))).toBe(false);
  });
});

const failed = (more: Partial<Instance>) => computeRewindVerdict(instance({ runtimeStatus: 'Failed', ...more }));
const taskFailed = (FunctionName: string) => ({ EventType: 'TaskFailed', FunctionName });

describe('whether an instance can be rewound', () => {
  it('is no for all but a failed one', () => {
    for (const runtimeStatus of ['Running', 'Pending', 'Completed', 'Terminated', 'Suspended'] as const) {
      const verdict = computeRewindVerdict(instance({ runtimeStatus }));
      expect(verdict).toMatchObject({ yes: false, why: expect.stringContaining(runtimeStatus) as string });
    }
  });

  it('is yes at a gate, with what can be done there', () => {
    const customStatus = status({ gate: { number: 2, mode: 'rewind', actions: ['retry', 'abort'] } });
    expect(failed({ output: gateFailure, customStatus, historyEvents: [taskFailed('sagaGate')] })).toMatchObject({
      yes: true,
      why: 'it stands at gate 2',
      actions: ['retry', 'abort'],
    });
  });

  it('is no once an operator has given it up, and yes where it waits at a gate for an event', () => {
    expect(failed({ output: 'aborted by Kim', customStatus: status({ phase: 'aborted' }) })).toMatchObject({
      yes: false,
      why: expect.stringContaining('gave it up') as string,
    });
    const customStatus = status({ gate: { number: 3, mode: 'event', actions: ['retry'] } });
    // Pending: it was rewound before.
    for (const runtimeStatus of ['Running', 'Pending'] as const) {
      expect(computeRewindVerdict(instance({ runtimeStatus, customStatus }))).toEqual({
        yes: true,
        why: 'it waits at gate 3 for a decision',
        actions: ['retry'],
      });
    }
  });

  it('is yes after a bug of the orchestrator, with what to do first', () => {
    expect(failed({ output: 'TypeError' })).toMatchObject({
      yes: true,
      why: expect.stringContaining('deploy the mended code first') as string,
    });
  });

  it('is no when the host failed a task on the way', () => {
    expect(failed({ output: gateFailure, historyEvents: [taskFailed('downloadDocument')] })).toMatchObject({
      yes: false,
      why: expect.stringContaining('start a new instance') as string,
    });
  });
});
