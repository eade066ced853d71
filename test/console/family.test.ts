import { expect, it } from 'vitest';
import { childOf, ownInputOf, parentOf } from '../../src/console/family.ts';

it('knows a part of another saga by its commission', () => {
  const part = { input: { $saga: { commission: { parent: 'order-1', root: 'order-1' } }, input: { id: 7 } } };
  expect([parentOf(part), ownInputOf(part)]).toEqual(['order-1', { id: 7 }]);
  const whole = { input: { id: 7 } };
  expect([parentOf(whole), ownInputOf(whole)]).toEqual([undefined, { id: 7 }]);
});

it('knows the instance of a sub-saga by its entry', () => {
  const entry = { sequence: 3, time: '2026-01-01T00:00:00.000Z', summary: '', data: { instanceId: 'order-1:pack:1' } };
  expect(childOf({ ...entry, kind: 'sub-saga' })).toBe('order-1:pack:1');
  expect(childOf({ ...entry, kind: 'attempt' })).toBeUndefined();
});
