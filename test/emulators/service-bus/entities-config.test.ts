import { describe, expect, it } from 'vitest';
import { parseEntities, type EntitiesConfig } from '../../../src/emulators/service-bus/entities-config.ts';

describe('the declaration of entities', () => {
  it('has the defaults of the service', () => {
    const { queues, topics } = parseEntities({
      queues: [{ name: 'orders' }],
      topics: [{ name: 'events', subscriptions: [{ name: 'all' }] }],
    });
    expect(queues[0]).toMatchObject({ lockDurationSeconds: 60, maxDeliveryCount: 10, requiresSession: false });
    expect(topics[0]?.subscriptions[0]?.rules).toEqual([{ name: '$Default', filter: { sqlExpression: '1=1' } }]);
  });

  it.each<[config: unknown, problem: string]>([
    [{ queues: [{ name: '' }] }, 'queues[0].name: must be 1-260 letters'],
    [
      { queues: [{ name: 'a', lockDurationSeconds: 400 }] },
      'must be at most 300 seconds, as the service allows (got 400)',
    ],
    [{ queues: [{ name: 'a', maxDeliveryCount: 0 }] }, 'queues[0].maxDeliveryCount'],
    [{ queues: [{ name: 'a', lockduration: 5 }] }, 'lockduration'],
    [{ queues: [{ name: 'a' }, { name: 'A' }] }, '"A" is declared twice'],
    [{ queues: [{ name: 'a' }], topics: [{ name: 'a' }] }, 'topics[0].name: "a" is declared twice'],
    [{ queues: [{ name: 'a', forwardTo: 'b' }] }, 'a forwards to "b", which is not declared'],
    [
      {
        queues: [
          { name: 'a', forwardTo: 'b' },
          { name: 'b', forwardTo: 'a' },
        ],
      },
      'a -> b -> a is a circle',
    ],
    [
      { topics: [{ name: 't', subscriptions: [{ name: 's', rules: [{ name: 'r', filter: {} }] }] }] },
      'topics[0].subscriptions[0].rules[0].filter: must compare at least one property (got {})',
    ],
  ])('is refused with field, value and remedy: %j', (config, problem) => {
    expect(() => parseEntities(config as EntitiesConfig)).toThrow(problem);
  });
});
