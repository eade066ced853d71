import { describe, expect, it } from 'vitest';
import { computeRewindPlan } from '../../src/console/rewind-plan.ts';
import type { SagaView } from '../../src/ops/saga-view.ts';
import { sampleSaga } from './sample-saga.ts';

const runs = (view: SagaView) => computeRewindPlan(view).map((choice) => [choice.action, choice.runs]);

describe('what a rewind would do', () => {
  it('is nothing where it is not possible', () => {
    expect(computeRewindPlan(sampleSaga({ rewindable: { yes: false, why: 'it runs' } }))).toEqual([]);
  });

  it('runs every step again after everything was undone, without what was done about the failure', () => {
    expect(runs(sampleSaga({}))).toEqual([
      ['retry', ['main/reserve#1', 'main/score#1', 'main/charge#1']],
      ['abort', []],
    ]);
  });

  it('runs the step again where it held, leaves it out for an output, or undoes the rest from the end', () => {
    const actions = ['retry', 'skip', 'compensate', 'abort'];
    const held = sampleSaga({ phase: 'held', rewindable: { yes: true, why: 'it stands at gate 1', actions } });
    expect(runs(held)).toEqual([
      ['retry', ['main/charge#1']],
      ['skip', []],
      ['compensate', ['main/charge#1', 'main/score#1', 'main/reserve#1']],
      ['abort', []],
    ]);
    expect(computeRewindPlan(held).map(({ takesData }) => takesData)).toEqual([false, true, false, false]);
  });

  it('goes on with the undos where one of them failed', () => {
    const compensation: SagaView['compensation'] = [
      { step: 'main/reserve#1', outcome: 'succeeded', undo: 'pending' },
      { step: 'main/score#1', outcome: 'succeeded', undo: 'failed' },
      { step: 'main/charge#1', outcome: 'succeeded', undo: 'done' },
    ];
    const rewindable = { yes: true, why: 'it stands at gate 1', actions: ['retry', 'skip'] };
    expect(runs(sampleSaga({ phase: 'compensation_failed', compensation, rewindable }))).toEqual([
      ['retry', ['main/score#1', 'main/reserve#1']],
      ['skip', ['main/reserve#1']],
    ]);
  });

  it('goes on where the code of the saga failed', () => {
    expect(runs(sampleSaga({ rewindable: { yes: true, why: 'its own code failed' } }))).toEqual([['retry', []]]);
  });
});
