import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { deserialize, serialize } from 'node:v8';
import type { AddedProperties } from '../message.ts';
import { createGroupCommit } from './group-commit.ts';

/** `active`: can be received, or is locked. `deferred`: only by its sequence number. `scheduled`: not before its time. */
export type Phase = 'active' | 'deferred' | 'scheduled';

export interface StoredMessage {
  readonly sequenceNumber: number;
  /** The number the message got where it was first sent, when a topic or a forwarding queue passed it on. */
  readonly enqueuedSequenceNumber: number | undefined;
  readonly messageId: string;
  readonly sessionId: string | undefined;
  /** Epoch milliseconds, as all times here. */
  readonly enqueuedAt: number;
  /** Infinity: never. */
  readonly expiresAt: number;
  readonly scheduledFor: number | undefined;
  readonly phase: Phase;
  /** Handed to a receiver that has not answered yet. Found set at a start, it counts as a failed delivery. */
  readonly inFlight: boolean;
  /** Deliveries that failed. */
  readonly deliveryCount: number;
  readonly properties: AddedProperties;
}

/** The durable side of the broker: plain reads and writes, no rules of its own. Writes are durable after `committed()`. */
export type MessageLog = ReturnType<typeof openMessageLog>;

const schema = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS message (
    queue TEXT NOT NULL, sequence INTEGER NOT NULL, enqueued_sequence INTEGER, message_id TEXT NOT NULL, session_id TEXT,
    enqueued_at INTEGER NOT NULL, expires_at INTEGER, scheduled_for INTEGER, phase TEXT NOT NULL, in_flight INTEGER NOT NULL,
    delivery_count INTEGER NOT NULL, properties BLOB, content BLOB NOT NULL, PRIMARY KEY (queue, sequence)
  );
  CREATE TABLE IF NOT EXISTS sequence (entity TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS session_state (
    queue TEXT NOT NULL, session_id TEXT NOT NULL, state BLOB NOT NULL, PRIMARY KEY (queue, session_id)
  );
  CREATE TABLE IF NOT EXISTS seen_message (
    entity TEXT NOT NULL, message_id TEXT NOT NULL, seen_at INTEGER NOT NULL, PRIMARY KEY (entity, message_id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS seen_message_age ON seen_message (entity, seen_at);
  CREATE TABLE IF NOT EXISTS subscription_rules (
    subscription TEXT PRIMARY KEY, declared TEXT NOT NULL, current TEXT NOT NULL
  ) WITHOUT ROWID;
`;

const columns = `sequence, enqueued_sequence, message_id, session_id, enqueued_at, expires_at, scheduled_for, phase, in_flight,
  delivery_count, properties`;

function prepare(database: DatabaseSync) {
  const sql = (text: string) => database.prepare(text);
  return {
    insert: sql(`INSERT INTO message (queue, ${columns}, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    update: sql(
      `UPDATE message SET phase = ?, in_flight = ?, delivery_count = ?, properties = ? WHERE queue = ? AND sequence = ?`,
    ),
    move: sql(`UPDATE message SET queue = ?, expires_at = NULL WHERE queue = ? AND sequence = ?`),
    remove: sql('DELETE FROM message WHERE queue = ? AND sequence = ?'),
    content: sql('SELECT content FROM message WHERE queue = ? AND sequence = ?'),
    all: sql(`SELECT ${columns} FROM message WHERE queue = ? ORDER BY sequence`),
    page: sql(`SELECT ${columns} FROM message
      WHERE queue = ? AND sequence >= ? AND (? IS NULL OR session_id = ?) ORDER BY sequence LIMIT ?`),
    lastSequence: sql('SELECT last FROM sequence WHERE entity = ?'),
    saveSequence: sql('INSERT INTO sequence VALUES (?, ?) ON CONFLICT DO UPDATE SET last = excluded.last'),
    sessionState: sql('SELECT state FROM session_state WHERE queue = ? AND session_id = ?'),
    saveSessionState: sql(
      'INSERT INTO session_state VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state',
    ),
    dropSessionState: sql('DELETE FROM session_state WHERE queue = ? AND session_id = ?'),
    remember: sql('INSERT OR IGNORE INTO seen_message VALUES (?, ?, ?)'),
    forget: sql('DELETE FROM seen_message WHERE entity = ? AND seen_at <= ?'),
    rules: sql('SELECT declared, current FROM subscription_rules WHERE subscription = ?'),
    saveRules: sql(`INSERT INTO subscription_rules VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET declared = excluded.declared, current = excluded.current`),
  };
}

type Row = Record<string, SQLOutputValue>;

const optionalNumber = (value: SQLOutputValue | undefined) => (typeof value === 'number' ? value : undefined);
const optionalText = (value: SQLOutputValue | undefined) => (typeof value === 'string' ? value : undefined);
const blob = (value: SQLOutputValue | undefined) => (value instanceof Uint8Array ? value : undefined);

function readRow(row: Row): StoredMessage {
  const properties = blob(row['properties']);
  return {
    sequenceNumber: Number(row['sequence']),
    enqueuedSequenceNumber: optionalNumber(row['enqueued_sequence']),
    messageId: String(row['message_id']),
    sessionId: optionalText(row['session_id']),
    enqueuedAt: Number(row['enqueued_at']),
    expiresAt: optionalNumber(row['expires_at']) ?? Infinity,
    scheduledFor: optionalNumber(row['scheduled_for']),
    phase: row['phase'] as Phase,
    inFlight: row['in_flight'] === 1,
    deliveryCount: Number(row['delivery_count']),
    properties: properties === undefined ? {} : (deserialize(properties) as AddedProperties),
  };
}

const propertiesBlob = (properties: AddedProperties) =>
  Object.keys(properties).length === 0 ? null : serialize(properties);

/** SQLITE_BUSY (sqlite.org/rescode.html). */
const isLocked = (error: unknown): boolean => error instanceof Error && 'errcode' in error && error.errcode === 5;

function openDatabase(file: string): DatabaseSync {
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    const database = new DatabaseSync(file);
    database.exec(schema);
    return database;
  } catch (cause) {
    const remedy = isLocked(cause) ? ' Another program uses it: end that one, or choose another folder.' : '';
    throw new Error(`The message file ${file} cannot be opened (${String(cause)}).${remedy}`, { cause });
  }
}

/** @param file Path of the database, or `:memory:`. Throws when another broker holds it. */
export function openMessageLog(file: string) {
  const database = openDatabase(file);
  const statements = prepare(database);
  const commits = createGroupCommit(database);
  const join = () => commits.join();

  return {
    committed: () => commits.committed(),
    close() {
      commits.flush();
      database.close();
    },
    ...messageTable(statements, join),
    ...sequenceTable(statements, join),
    ...sessionTable(statements, join),
    ...seenTable(statements, join),
    ...rulesTable(statements, join),
  };
}

type Statements = ReturnType<typeof prepare>;

const messageTable = (statements: Statements, join: () => void) => ({
  insert(queue: string, message: StoredMessage, content: Uint8Array) {
    join();
    statements.insert.run(
      queue,
      message.sequenceNumber,
      message.enqueuedSequenceNumber ?? null,
      message.messageId,
      message.sessionId ?? null,
      message.enqueuedAt,
      Number.isFinite(message.expiresAt) ? message.expiresAt : null,
      message.scheduledFor ?? null,
      message.phase,
      Number(message.inFlight),
      message.deliveryCount,
      propertiesBlob(message.properties),
      content,
    );
  },
  update(queue: string, { phase, inFlight, deliveryCount, properties, sequenceNumber }: StoredMessage) {
    join();
    statements.update.run(phase, Number(inFlight), deliveryCount, propertiesBlob(properties), queue, sequenceNumber);
  },
  /** The message keeps its number and loses its expiry. */
  move(queue: string, sequenceNumber: number, target: string) {
    join();
    statements.move.run(target, queue, sequenceNumber);
  },
  remove(queue: string, sequenceNumber: number) {
    join();
    statements.remove.run(queue, sequenceNumber);
  },
  content(queue: string, sequenceNumber: number): Uint8Array {
    const content = blob(statements.content.get(queue, sequenceNumber)?.['content']);
    if (content === undefined) throw new Error(`The message ${sequenceNumber} of ${queue} is not in the file.`);
    return content;
  },
  messages: (queue: string): StoredMessage[] => statements.all.all(queue).map(readRow),
  /** At most `count` messages in any phase, from the sequence number on. */
  page: (queue: string, from: number, count: number, sessionId?: string): StoredMessage[] =>
    statements.page.all(queue, from, sessionId ?? null, sessionId ?? null, count).map(readRow),
});

const sequenceTable = (statements: Statements, join: () => void) => ({
  /** Numbers from 1 on that are never given twice, also after all messages are gone and the broker was restarted. */
  sequence(entity: string): () => number {
    let last = optionalNumber(statements.lastSequence.get(entity)?.['last']) ?? 0;
    return () => {
      join();
      last += 1;
      statements.saveSequence.run(entity, last);
      return last;
    };
  },
});

const sessionTable = (statements: Statements, join: () => void) => ({
  sessionState: (queue: string, sessionId: string): Uint8Array | undefined =>
    blob(statements.sessionState.get(queue, sessionId)?.['state']),
  saveSessionState(queue: string, sessionId: string, state: Uint8Array | undefined) {
    join();
    if (state === undefined) statements.dropSessionState.run(queue, sessionId);
    else statements.saveSessionState.run(queue, sessionId, state);
  },
});

const seenTable = (statements: Statements, join: () => void) => ({
  /** @returns false when the entity has seen this message id after `since`. */
  isFirst(entity: string, messageId: string, since: number, now: number): boolean {
    join();
    statements.forget.run(entity, since);
    return statements.remember.run(entity, messageId, now).changes === 1;
  },
});

const rulesTable = (statements: Statements, join: () => void) => ({
  /** Both texts as last saved. */
  rules(subscription: string): { declared: string; current: string } | undefined {
    const row = statements.rules.get(subscription);
    return row && { declared: String(row['declared']), current: String(row['current']) };
  },
  saveRules(subscription: string, declared: string, current: string) {
    join();
    statements.saveRules.run(subscription, declared, current);
  },
});
