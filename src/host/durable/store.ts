import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { IncomingEvent, ParentInstance, RuntimeStatus } from './history.ts';
import { type Row, type Statements, createStatements } from './statements.ts';
import { createHistoryQueries, historySchema } from './stored-history.ts';

/**
 * The tables of the durable engine, and nothing else: no decisions, no transactions (the commit queue has those).
 * Messages and work are rows of their own, written once; an episode updates the instance's row and adds one to its history.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS instances (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, executionId TEXT NOT NULL, name TEXT NOT NULL, version TEXT, parent TEXT,
    generation INTEGER, input TEXT, runtimeStatus TEXT NOT NULL, output TEXT, customStatus TEXT,
    createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL
  ) STRICT;
  ${historySchema}
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, instanceId TEXT NOT NULL, executionId TEXT, event TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS messagesOfInstance ON messages (instanceId);
  CREATE TABLE IF NOT EXISTS activities (
    id INTEGER PRIMARY KEY, instanceId TEXT NOT NULL, executionId TEXT NOT NULL, taskId INTEGER NOT NULL, name TEXT NOT NULL,
    input TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS timers (
    id INTEGER PRIMARY KEY, instanceId TEXT NOT NULL, executionId TEXT, dueAt INTEGER NOT NULL, event TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS timersDue ON timers (dueAt);
  CREATE INDEX IF NOT EXISTS timersOfInstance ON timers (instanceId);
`;

/** `input`, `output` and `customStatus` are texts as they travel; mostly JSON, but an output may be a bare reason. */
export interface InstanceRow {
  readonly key: number;
  readonly id: string;
  readonly executionId: string;
  readonly name: string;
  readonly version: string | null;
  readonly parent: ParentInstance | null;
  readonly generation: number | null;
  readonly input: string | null;
  readonly runtimeStatus: RuntimeStatus;
  readonly output: string | null;
  readonly customStatus: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** An event on its way to an instance; one with an `executionId` is void once that execution is over. */
export interface Message {
  readonly id: number;
  readonly instanceId: string;
  readonly executionId: string | null;
  readonly event: IncomingEvent;
}

/** `input` is the text that the function is called with, null for none. */
export interface ActivityRow {
  readonly id: number;
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
  readonly name: string;
  readonly input: string | null;
}

/** The event becomes a message, void as one. `dueAt` in epoch milliseconds. */
export interface TimerRow {
  readonly id: number;
  readonly instanceId: string;
  readonly executionId: string | null;
  readonly dueAt: number;
  readonly event: IncomingEvent;
}

/** Of the tables; a file of another version is refused rather than misread. */
const schemaVersion = 3;

function prepareSchema(database: DatabaseSync, databaseFile: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (version !== 0 && version !== schemaVersion) {
    database.close();
    throw new Error(
      `${databaseFile} was written by another version of this host (tables ${version}, this host knows ${schemaVersion}). ` +
        'Start that version, or give another data folder.',
    );
  }
  database.exec(schema);
  database.exec(`PRAGMA user_version = ${schemaVersion}`);
}

export type Store = ReturnType<typeof createStore>;

export function createStore(databaseFile: string) {
  const database = new DatabaseSync(databaseFile);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  prepareSchema(database, databaseFile);
  const statements = createStatements(database);
  return {
    database,
    ...instanceQueries(statements),
    ...createHistoryQueries(statements),
    ...workQueries(statements),
    /** A query that is put together when it is asked; the columns are those of the instances table. */
    queryInstances: (where: string, values: SQLInputValue[], limit: number): InstanceRow[] =>
      statements.all(`SELECT * FROM instances WHERE ${where} ORDER BY id LIMIT ?`, readInstance)(...values, limit),
    close: () => database.close(),
  };
}

function instanceQueries({ all, run }: Statements) {
  const find = all('SELECT * FROM instances WHERE id = ?', readInstance);
  const insert = run(
    `INSERT INTO instances (id, executionId, name, version, parent, generation, input, runtimeStatus, createdAt, updatedAt)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'Pending', ?, ?)`,
  );
  const update = run(
    'UPDATE instances SET runtimeStatus = ?, output = ?, customStatus = ?, updatedAt = ? WHERE id = ?',
  );
  const renew = run(
    'UPDATE instances SET executionId = ?, generation = ?, input = ?, createdAt = ?, updatedAt = ? WHERE id = ?',
  );
  const remove = run('DELETE FROM instances WHERE id = ?');
  const writeEntity = run(
    `INSERT INTO instances (id, name, executionId, input, runtimeStatus, customStatus, createdAt, updatedAt)
     VALUES (?1, ?1, ?2, ?3, 'Running', ?4, ?5, ?5)
     ON CONFLICT (id) DO UPDATE SET executionId = ?2, input = ?3, customStatus = ?4, createdAt = ?5, updatedAt = ?5`,
  );
  return {
    findInstance: (id: string): InstanceRow | undefined => find(id)[0],
    /** Adds a Pending instance. */
    insertInstance(row: Omit<InstanceRow, 'key' | 'runtimeStatus' | 'output' | 'customStatus' | 'updatedAt'>): void {
      const { id, executionId, name, version, parent, generation, input, createdAt } = row;
      const parentText = parent === null ? null : JSON.stringify(parent);
      insert(id, executionId, name, version, parentText, generation, input, createdAt, createdAt);
    },
    updateInstance: ({
      id,
      ...row
    }: Pick<InstanceRow, 'id' | 'runtimeStatus' | 'output' | 'customStatus' | 'updatedAt'>) =>
      update(row.runtimeStatus, row.output, row.customStatus, row.updatedAt, id),
    /** The next execution of the same instance, after continueAsNew. */
    renewInstance: ({ id, ...row }: Pick<InstanceRow, 'id' | 'executionId' | 'generation' | 'input' | 'createdAt'>) =>
      renew(row.executionId, row.generation, row.input, row.createdAt, row.createdAt, id),
    deleteInstance: (id: string) => remove(id),
    /** An entity is an instance of its own id's name that always runs. */
    writeEntity: (row: Pick<InstanceRow, 'id' | 'executionId' | 'input' | 'customStatus'> & { readonly at: string }) =>
      writeEntity(row.id, row.executionId, row.input, row.customStatus, row.at),
  };
}

function workQueries({ all, run }: Statements) {
  const columns = 'id, instanceId, executionId';
  const insertMessage = run(`INSERT INTO messages (${columns}, event) VALUES (?, ?, ?, ?)`);
  const insertActivity = run(`INSERT INTO activities (${columns}, taskId, name, input) VALUES (?, ?, ?, ?, ?, ?)`);
  const insertTimer = run(`INSERT INTO timers (${columns}, dueAt, event) VALUES (?, ?, ?, ?, ?)`);
  const highest = all(
    `SELECT max((SELECT coalesce(max(id), 0) FROM messages), (SELECT coalesce(max(id), 0) FROM activities),
       (SELECT coalesce(max(id), 0) FROM timers)) AS id`,
    (row) => Number(row.id),
  );
  const nextDue = all('SELECT min(dueAt) AS dueAt FROM timers', ({ dueAt }) =>
    dueAt === null ? undefined : Number(dueAt),
  );
  return {
    /** Rows of work are numbered by their writer; this is the highest number in use. */
    highestWorkId: (): number => highest()[0] ?? 0,
    insertMessage: (row: Message) => insertMessage(row.id, row.instanceId, row.executionId, JSON.stringify(row.event)),
    readMessages: all('SELECT * FROM messages ORDER BY id', readMessage),
    readMessagesOf: all('SELECT * FROM messages WHERE instanceId = ? ORDER BY id', readMessage),
    deleteMessage: run('DELETE FROM messages WHERE id = ?'),
    deleteMessagesOf: run('DELETE FROM messages WHERE instanceId = ?'),
    insertActivity: (row: ActivityRow) =>
      insertActivity(row.id, row.instanceId, row.executionId, row.taskId, row.name, row.input),
    readActivities: all('SELECT * FROM activities ORDER BY id', (row): ActivityRow => ({
      ...readWork(row),
      executionId: String(row.executionId),
      taskId: Number(row.taskId),
      name: String(row.name),
      input: textOrNull(row.input),
    })),
    deleteActivity: run('DELETE FROM activities WHERE id = ?'),
    insertTimer: (row: TimerRow) =>
      insertTimer(row.id, row.instanceId, row.executionId, row.dueAt, JSON.stringify(row.event)),
    /** Epoch milliseconds of the earliest timer. */
    nextTimerDue: (): number | undefined => nextDue()[0],
    readTimersDue: all('SELECT * FROM timers WHERE dueAt <= ? ORDER BY dueAt, id', (row): TimerRow => ({
      ...readWork(row),
      dueAt: Number(row.dueAt),
      event: readIncoming(row),
    })),
    deleteTimer: run('DELETE FROM timers WHERE id = ?'),
    deleteTimersOf: run('DELETE FROM timers WHERE instanceId = ?'),
  };
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const readIncoming = (row: Row) => JSON.parse(String(row.event)) as IncomingEvent;

const readWork = (row: Row) => ({
  id: Number(row.id),
  instanceId: String(row.instanceId),
  executionId: textOrNull(row.executionId),
});

const readMessage = (row: Row): Message => ({ ...readWork(row), event: readIncoming(row) });

const readInstance = (row: Row): InstanceRow => ({
  key: Number(row.key),
  id: String(row.id),
  executionId: String(row.executionId),
  name: String(row.name),
  version: textOrNull(row.version),
  parent: typeof row.parent === 'string' ? (JSON.parse(row.parent) as ParentInstance) : null,
  generation: row.generation === null ? null : Number(row.generation),
  input: textOrNull(row.input),
  runtimeStatus: String(row.runtimeStatus) as RuntimeStatus,
  output: textOrNull(row.output),
  customStatus: textOrNull(row.customStatus),
  createdAt: String(row.createdAt),
  updatedAt: String(row.updatedAt),
});
