import { describe, expect, it } from 'vitest';
import type { SagaView } from '../../src/ops/saga-view.ts';
import { forecast, type OperationName, operations, whyImpossible } from '../../src/console/operations.ts';
import { sampleSaga } from './sample-saga.ts';

const cannot = { yes: false, why: 'only a failed instance can be rewound' };
const running = (changes: Partial<SagaView> = {}): SagaView =>
  sampleSaga({ runtimeStatus: 'Running', phase: 'running', rewindable: cannot, ...changes });
const possible = (saga: SagaView): string[] =>
  [...operations.map(({ name }) => name), 'rewind' as const].filter((name) => whyImpossible(saga, name) === undefined);

describe('what can be done to a saga', () => {
  it.each<[state: string, saga: SagaView, names: OperationName[]]>([
    ['runs', running(), ['suspend', 'cancel', 'terminate']],
    ['is being undone', running({ phase: 'compensating' }), ['suspend', 'terminate']],
    ['is suspended', running({ runtimeStatus: 'Suspended', phase: 'suspended' }), ['resume', 'terminate']],
    ['stands at its gate', sampleSaga(), ['delete', 'rewind']],
    ['has completed', running({ runtimeStatus: 'Completed', phase: 'completed' }), ['delete']],
  ])('that %s', (_, saga, names) => {
    expect(possible(saga)).toEqual(names);
  });
});

describe('before it is done to many', () => {
  it('is told for each which steps run or are undone', () => {
    expect(forecast(sampleSaga(), 'rewind', 'retry')).toEqual({
      isPossible: true,
      text: 'Run again from the top: reserve → score → charge',
    });
    expect(forecast(running(), 'cancel', '')).toEqual({ isPossible: true, text: 'Undoes charge → score → reserve' });
    expect(forecast(sampleSaga(), 'delete', '').text).toBe('Archived and deleted, though it could be rewound');
  });

  it('is told for each why it is not possible', () => {
    expect(forecast(sampleSaga(), 'rewind', 'compensate')).toEqual({
      isPossible: false,
      text: 'Not possible: only retry, abort here',
    });
    expect(forecast(running(), 'rewind', 'retry').text).toBe('Not possible: only a failed instance can be rewound');
    expect(forecast(running(), 'delete', '').text).toContain('it has not ended');
  });
});
