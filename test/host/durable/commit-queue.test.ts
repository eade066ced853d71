import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createCommitQueue } from '../../../src/host/durable/commit-queue.ts';
import { newDatabaseFile } from './engine-harness.ts';

const open = () => {
  const file = newDatabaseFile();
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE rows (value INTEGER NOT NULL)');
  const onDisk = new DatabaseSync(file);
  const failures: unknown[] = [];
  const queue = createCommitQueue(database, (error) => failures.push(error));
  return {
    queue,
    failures,
    insert: (value: number | null) => database.prepare('INSERT INTO rows VALUES (?)').run(value),
    countOnDisk: () => onDisk.prepare('SELECT count(*) AS count FROM rows').get()?.['count'],
  };
};

test('what is written in one turn becomes visible to others at once, when it is committed', async () => {
  const { queue, insert, countOnDisk } = open();
  queue.write(() => insert(1));
  queue.write(() => insert(2));
  expect(countOnDisk()).toBe(0);
  await queue.committed();
  expect(countOnDisk()).toBe(2);
});

test('what may wait shares the commit of what comes next', async () => {
  const { queue, insert, countOnDisk } = open();
  queue.writeSoon(() => insert(1));
  queue.write(() => insert(2));
  await queue.committed();
  expect(countOnDisk()).toBe(2);
});

test('what may wait is committed by itself before long', async () => {
  const { queue, insert, countOnDisk } = open();
  queue.writeSoon(() => insert(1));
  await expect.poll(countOnDisk, { interval: 1 }).toBe(1);
});

test('what may wait is committed in this turn when somebody waits for it', async () => {
  const { queue, insert, countOnDisk } = open();
  queue.writeSoon(() => insert(1));
  void queue.committed();
  await nextTurn();
  expect(countOnDisk()).toBe(1);
});

test('a failure takes back the whole transaction, tells those who wait, and refuses what comes after', async () => {
  const { queue, failures, insert, countOnDisk } = open();
  queue.write(() => insert(1));
  const committed = queue.committed();
  expect(() => queue.write(() => insert(null))).toThrow('NOT NULL');
  await expect(committed).rejects.toThrow('NOT NULL');
  expect(() => queue.write(() => insert(2))).toThrow('The durable store has failed; restart the host.');
  expect(failures).toHaveLength(1);
  expect(countOnDisk()).toBe(0);
});
