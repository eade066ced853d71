import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EntityMessage, EntityRequest } from '../../../src/host/durable/entities/entity-message.ts';
import { computeEntityTurn } from '../../../src/host/durable/entities/entity-turn.ts';

const request = (parent: string | null, op: string | null, id: string): EntityMessage => ({
  kind: 'request',
  request: { op, id, parent, parentExecution: null },
});

const parent = fc.constantFrom('a', 'b', 'c');
const message: fc.Arbitrary<EntityMessage> = fc.oneof(
  fc.tuple(fc.option(parent), fc.uuid()).map(([parent, id]) => request(parent, 'op', id)),
  fc.tuple(parent, fc.uuid()).map(([parent, id]) => request(parent, null, id)),
  parent.map((parent): EntityMessage => ({ kind: 'release', release: { parent, id: '' } })),
);
const holder = fc.option(parent, { nil: undefined });

const operationsOf = (messages: readonly EntityMessage[]): readonly EntityRequest[] =>
  messages.flatMap((message) => (message.kind === 'request' && message.request.op !== null ? [message.request] : []));

const idsOf = (operations: readonly EntityRequest[], sender: string | null) =>
  operations.filter(({ parent }) => parent === sender).map(({ id }) => id);

const everybody = () => true;
const nobody = () => false;

test('the operations of each sender are done in their order, and each once', () => {
  fc.assert(
    fc.property(fc.array(message), holder, (messages, holder) => {
      const { operations } = computeEntityTurn(holder, messages, 5000, everybody);
      for (const sender of ['a', 'b', 'c', null]) {
        const sent = idsOf(operationsOf(messages), sender);
        const done = idsOf(operations, sender);
        expect(done).toEqual(sent.slice(0, done.length));
      }
    }),
  );
});

test('what is left waits for another instance to give the lock back', () => {
  fc.assert(
    fc.property(fc.array(message), holder, (messages, holder) => {
      const { consumed, lockedBy } = computeEntityTurn(holder, messages, 5000, everybody);
      const left = messages.filter((_, place) => !consumed.has(place));
      const canGoOn = left.filter(
        (message) => message.kind === 'release' || (message.request.parent ?? '') === lockedBy,
      );
      expect(canGoOn).toEqual([]);
      expect(left.length === 0 || lockedBy !== undefined).toBe(true);
    }),
  );
});

test('nothing is granted to who has ended', () => {
  fc.assert(
    fc.property(fc.array(message), (messages) => {
      const { granted, lockedBy, consumed } = computeEntityTurn(undefined, messages, 5000, nobody);
      expect([granted, lockedBy, consumed.size]).toEqual([[], undefined, messages.length]);
    }),
  );
});

test('a turn takes so many operations and leaves the rest to the next', () => {
  const messages = Array.from({ length: 6 }, (_, index) => request(null, 'op', `${index}`));
  const { consumed, hasMore, operations } = computeEntityTurn(undefined, messages, 5, everybody);
  expect([consumed.size, operations.length, hasMore]).toEqual([5, 5, true]);
});
