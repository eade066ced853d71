import { describe, expect, it } from 'vitest';
import { sha256Of } from '../../src/audit/canonical-json.ts';
import { computeStateAt } from '../../src/audit/compute-state-at.ts';
import { readTrail } from '../../src/audit/read-trail.ts';
import { refusedEvent } from '../../src/audit/refusal.ts';
import { gateFunction } from '../../src/saga/operate.ts';
import { call, made } from './histories.ts';

const declined = { name: 'TerminalError', code: 'declined', message: 'no funds' };

const gateInput = (step: string) =>
  JSON.stringify([{ instanceId: 'made', number: 1, actions: ['retry', 'skip', 'abort'], step, error: declined }]);
const blank = { EventType: 'GenericEvent' };
const skip = { action: 'skip', by: 'ann', reason: 'paid in cash' };
const attempt = (step: string, direction: 'do' | 'undo', ok: boolean) => ({
  EventType: 'TaskCompleted',
  FunctionName: 'x',
  Input: call(step, 1, direction),
  Result: ok ? { ok: true } : { ok: false, error: { ...declined, retryable: false, outcome: 'failed' } },
});

const stateAfter = (step: string, ...before: Record<string, unknown>[]) =>
  computeStateAt(
    readTrail(
      made(
        { EventType: 'ExecutionStarted' },
        ...before,
        blank,
        blank,
        blank,
        { ...blank, Data: 'by ann' },
        { EventType: 'TaskCompleted', FunctionName: gateFunction, Input: gateInput(step), Result: skip },
      ),
    ),
    new Date('2026-01-02T00:00:00Z'),
  ).steps;

describe('what sagas do beyond their own steps', () => {
  const commission = { $saga: { commission: { path: 'main/pay#1', root: 'made' } }, input: { n: 1 } };
  const subSaga = (Result: unknown) => ({
    EventType: 'SubOrchestrationInstanceCompleted',
    FunctionName: 'pay',
    InstanceId: 'made:pay:1',
    ScheduledTime: '2026-01-01T00:00:00.5Z',
    Input: JSON.stringify(commission),
    Result,
  });

  it('a sub-saga is told with its place, its instance, its own outcome and what went in and out', () => {
    const ledger: unknown[] = [];
    const [ended, failed] = readTrail(
      made(
        subSaga({ ok: true, value: { paid: 1 }, pivoted: false, ledger }),
        subSaga({ ok: false, error: declined, held: false, pivoted: false, ledger }),
      ),
    );
    expect(ended).toMatchObject({
      kind: 'sub-saga',
      step: 'main/pay#1',
      outcome: 'succeeded',
      data: { instanceId: 'made:pay:1' },
      inputSha256: sha256Of({ n: 1 }),
      outputSha256: sha256Of({ paid: 1 }),
    });
    expect(failed).toMatchObject({ outcome: 'failed', error: declined });
    expect(failed?.summary).toBe('Sub-saga main/pay#1: failed (declined: no funds).');
  });

  it('a cancel that was passed on to a sub-saga names it, who and why', () => {
    const request = {
      idempotencyKey: 'made/main/pay#1/cancel',
      attempt: 1,
      input: { instanceId: 'made:pay:1', by: 'ann', reason: 'late' },
    };
    const input = JSON.stringify([request]);
    expect(
      readTrail(made({ EventType: 'TaskCompleted', FunctionName: 'sagaCancel', Input: input, Result: { ok: true } })),
    ).toMatchObject([{ kind: 'cancel-passed-on', step: 'made:pay:1', actor: 'ann', reason: 'late' }]);
  });

  it('what somebody was refused stands there, with who and why', () => {
    const Input = JSON.stringify({ operation: 'cancel', by: 'bob', reason: 'role operator is missing' });
    expect(readTrail(made({ EventType: 'EventRaised', Name: refusedEvent, Input }))).toMatchObject([
      {
        kind: 'refused',
        action: 'cancel',
        actor: 'bob',
        reason: 'role operator is missing',
        summary: 'cancel was tried by bob: role operator is missing, and refused.',
      },
    ]);
  });

  it('a gate that names what it stands for says whose failure was skipped, whatever ended last', () => {
    expect(stateAfter('main/charge#1', attempt('charge#1', 'do', false), attempt('send#1', 'do', true))).toEqual([
      { step: 'main/charge#1', state: 'skipped' },
      { step: 'main/send#1', state: 'done' },
    ]);
    expect(
      stateAfter('undo of main/charge#1', attempt('charge#1', 'undo', false), attempt('send#1', 'undo', true)),
    ).toEqual([
      { step: 'main/charge#1', state: 'undo_skipped' },
      { step: 'main/send#1', state: 'undone' },
    ]);
  });
});
