import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

export type Row = Readonly<Record<string, unknown>>;

/** Prepares SQL once, to be run with other values each time. */
export interface Statements {
  readonly all: <T>(sql: string, read: (row: Row) => T) => (...values: SQLInputValue[]) => T[];
  /** Answers how many rows have changed. */
  readonly run: (sql: string) => (...values: SQLInputValue[]) => number;
}

export const createStatements = (database: DatabaseSync): Statements => ({
  all(sql, read) {
    const statement = database.prepare(sql);
    return (...values) => statement.all(...values).map(read);
  },
  run(sql) {
    const statement = database.prepare(sql);
    return (...values) => Number(statement.run(...values).changes);
  },
});
