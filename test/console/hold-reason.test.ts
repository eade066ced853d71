import { expect, it } from 'vitest';
import { computeHoldReason } from '../../src/console/hold-reason.ts';
import type { SagaView } from '../../src/ops/saga-view.ts';
import { sampleSaga } from './sample-saga.ts';

const heldWith = (actions: readonly string[], changes: Partial<SagaView> = {}) =>
  computeHoldReason(sampleSaga({ phase: 'held', rewindable: { yes: true, why: 'at gate 1', actions }, ...changes }));

it('a saga that is held says why: what is known of the step, the point of no return, or a part that holds', () => {
  const pastPivot = ['retry', 'skip', 'abort'];
  expect(heldWith(pastPivot)).toContain('the effect of charge may have happened, whatever the error says');
  const certain = [{ step: 'main/charge#1', outcome: 'failed', undo: 'none' } as const];
  expect(heldWith(pastPivot, { compensation: certain })).toContain('charge failed past the point of no return');
  expect(heldWith(['retry', 'compensate', 'skip', 'abort'])).toContain('charge stands in a part that holds');
  expect(heldWith(['compensate', 'abort'])).toContain('no step of it can be tried again');
  expect(heldWith(['abort'])).toContain('it failed past its point of no return');
  expect(computeHoldReason(sampleSaga())).toBe(undefined);
});
