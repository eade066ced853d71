import { expect, it } from 'vitest';
import { formatOperatorLine } from '../../src/local/format-operator-line.ts';

it('an object that tells of an event reads as text, anything else stays as it is', () => {
  const at = new Date('2026-11-21T10:00:00.123Z');
  const operated = JSON.stringify({ event: 'saga.operated', operation: 'rewind', instanceId: 'a', by: 'Kim' });
  expect(formatOperatorLine(at, 'information', 'Function.rewindSaga.User', operated)).toBe(
    '10:00:00.123 info  [rewindSaga] saga.operated, operation rewind, instanceId a, by Kim\n',
  );
  expect(formatOperatorLine(at, 'information', 'Function.a.User', '{ "a": 1 }')).toBe(
    '10:00:00.123 info  [a] { "a": 1 }\n',
  );
});
