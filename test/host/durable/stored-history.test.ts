import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import {
  type HistoryEvent,
  eventType,
  executionStarted,
  orchestratorStarted,
} from '../../../src/host/durable/history.ts';
import { createStatements } from '../../../src/host/durable/statements.ts';
import { createHistoryQueries, historySchema } from '../../../src/host/durable/stored-history.ts';

const open = () => {
  const database = new DatabaseSync(':memory:');
  database.exec(historySchema);
  const rows = () =>
    database
      .prepare('SELECT events FROM history')
      .all()
      .map(({ events }) => events);
  return { ...createHistoryQueries(createStatements(database)), rows };
};

const input = JSON.stringify('the input of the instance');
const at = '2026-01-05T08:00:00Z';
const start = (input: string | null): readonly HistoryEvent[] => [
  orchestratorStarted(at),
  executionStarted({
    instanceId: 'i',
    executionId: 'e',
    name: 'n',
    version: null,
    input,
    parent: null,
    generation: 0,
    at,
  }),
];
const completed = (result: string): HistoryEvent => ({
  EventType: eventType.taskCompleted,
  TaskScheduledId: 0,
  Result: result,
  EventId: -1,
  Timestamp: at,
});

/** Property for property, in their order: the orchestrator's body is made of it. */
const textOf = (events: readonly HistoryEvent[]) => JSON.stringify(events);

test.each([[input], [null], ['null'], ['']])('a history is read as it was written, with the input %j', (input) => {
  const { appendHistory, packHistory, readHistory, rewriteHistory } = open();
  const owner = { key: 3, input };
  const events = [...start(input), completed('1'), completed('2')];
  appendHistory(owner, 0, events.slice(0, 2));
  appendHistory(owner, 2, events.slice(2));
  expect(textOf(readHistory(owner).events)).toBe(textOf(events));
  packHistory(owner, [...events, completed('3')]);
  expect(textOf(readHistory(owner).events)).toBe(textOf([...events, completed('3')]));
  rewriteHistory(owner, events);
  appendHistory(owner, 4, [completed('4')]);
  expect(textOf(readHistory(owner).events)).toBe(textOf([...events, completed('4')]));
});

test('an instance has its own history, whatever others have', () => {
  const { appendHistory, deleteHistory, packHistory, readHistory } = open();
  const owners = [1, 2, 3].map((key) => ({ key, input }));
  for (const owner of owners) appendHistory(owner, 0, [completed(String(owner.key))]);
  packHistory({ key: 1, input }, [completed('packed')]);
  deleteHistory(2);
  expect(owners.map((owner) => readHistory(owner).events)).toEqual([[completed('packed')], [], [completed('3')]]);
});

test('the input lies in its own row alone, and what has ended takes less room', () => {
  const { appendHistory, packHistory, rows } = open();
  const owner = { key: 1, input };
  const events = [...start(input), ...Array.from({ length: 20 }, (_, n) => completed(String(n)))];
  const size = appendHistory(owner, 0, events);
  expect(rows().join()).not.toContain('the input');
  packHistory(owner, events);
  const [packed] = rows();
  expect((packed as Uint8Array).length).toBeLessThan(size / 4);
});
