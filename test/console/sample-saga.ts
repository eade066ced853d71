import type { SagaView } from '../../src/ops/saga-view.ts';

/** An order whose charge failed, undone and at its gate. */
export const sampleSaga = (changes: Partial<SagaView> = {}): SagaView => ({
  instanceId: 'order-1',
  name: 'fulfilOrder',
  version: '1',
  runtimeStatus: 'Failed',
  phase: 'failed',
  step: 'main/charge#1',
  attempt: 6,
  nextAttemptAt: undefined,
  input: {},
  output: null,
  error: { code: 'down', message: 'it is down' },
  review: undefined,
  compensation: [
    { step: 'main/reserve#1', outcome: 'succeeded', undo: 'pending' },
    { step: 'main/score#1', outcome: 'succeeded', undo: 'pending' },
    { step: 'main/charge#1', outcome: 'unknown', undo: 'pending' },
    { step: 'main/saveOrder#2', outcome: 'succeeded', undo: 'none' },
  ],
  progress: 40,
  correlationId: 'c-1',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:01:00.000Z',
  rewindable: { yes: true, why: 'it stands at gate 1', actions: ['retry', 'abort'] },
  ...changes,
});
