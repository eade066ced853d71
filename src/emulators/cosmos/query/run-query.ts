import { canonicalJson, type Json } from '../json.ts';
import {
  type CompileContext,
  compileEntries,
  compileExpression,
  type Evaluate,
  type Scope,
} from './compile-expression.ts';
import { type Continuation, comparePositions, type Position } from './continuation.ts';
import { isGrouped } from './grouping.ts';
import { QueryError } from './query-error.ts';
import { compileSources } from './sources.ts';
import type { Expression, Query } from './syntax.ts';

export interface NumberedDocument {
  /** Ascending, and the same for a document in every run. */
  readonly number: number;
  readonly document: Json;
}

interface Row {
  readonly position: Position;
  readonly scope: Scope;
}

interface Result {
  readonly position: Position;
  readonly value: Json;
}

export interface CompiledQuery {
  /** Whether rows come in the order of their documents, so that a later page need not start from the first document. */
  readonly isStreaming: boolean;
  readonly descending: readonly boolean[];
  readonly skip: number;
  readonly take: number | null;
  /** The whole answer but for OFFSET, LIMIT and TOP; `outer` is what an enclosing query binds. */
  run(documents: Iterable<NumberedDocument>, outer?: Scope): Iterable<Result>;
}

const noDocument: NumberedDocument = { number: 0, document: null };
const emptyScope: Scope = { values: [], group: [] };
const atOrigin = (row: number): Position => ({ keys: [], document: 0, row });

/** @throws QueryError for what the parser cannot know: unknown names, functions, parameters, misplaced aggregates. */
export function compileQuery(query: Query, parameters: ReadonlyMap<string, Json>, now: number): CompiledQuery {
  return compileWithin(query, { names: [], parameters, now, aggregates: 'refused', compileSubquery }, true);
}

function compileSubquery(query: Query, context: CompileContext): (scope: Scope) => Json[] {
  const compiled = compileWithin(query, { ...context, aggregates: 'refused' }, false);
  return (scope) => {
    const values = Array.from(compiled.run([noDocument], scope), (result) => result.value);
    return values.slice(compiled.skip, compiled.take === null ? undefined : compiled.skip + compiled.take);
  };
}

function compileWithin(query: Query, outer: CompileContext, isOutermost: boolean): CompiledQuery {
  const { expand, context } = compileSources(query.sources, outer, isOutermost);
  const where = query.where && compileExpression(query.where, context);
  const grouped = isGrouped(query);
  const select = compileSelection(query, { ...context, aggregates: grouped ? 'allowed' : 'refused' });
  const groupKeys = query.groupBy.map((key) => compileExpression(key, context));
  if (grouped && query.orderBy.length > 0) {
    throw new QueryError('ORDER BY together with an aggregate is not supported.');
  }
  const order = query.orderBy.map(({ expression }) => compileExpression(expression, context));
  const descending = query.orderBy.map((term) => term.descending);

  function* listRows(documents: Iterable<NumberedDocument>, scope: Scope): Iterable<Row> {
    for (const { number, document } of query.sources.length === 0 ? [noDocument] : documents) {
      let row = 0;
      for (const expanded of expand(document, scope)) {
        row += 1;
        if (where && where(expanded) !== true) continue;
        const keys = order.map((key) => key(expanded));
        yield { position: { keys, document: number, row }, scope: expanded };
      }
    }
  }

  return {
    isStreaming: !grouped && !query.distinct && order.length === 0,
    descending,
    skip: computeCount(query.offset, 'OFFSET', context) ?? 0,
    take: computeCount(query.top ?? query.limit, query.top ? 'TOP' : 'LIMIT', context),
    run(documents, scope = emptyScope) {
      let rows = listRows(documents, scope);
      if (grouped) rows = formGroups(rows, groupKeys, scope);
      if (order.length > 0) rows = [...rows].sort((a, b) => comparePositions(a.position, b.position, descending));
      const results = projectRows(rows, select);
      return query.distinct ? dropRepeated(results) : results;
    },
  };
}

function compileSelection({ selection, sources }: Query, context: CompileContext): Evaluate {
  switch (selection.kind) {
    case 'all':
      if (sources.length !== 1) {
        throw new QueryError('SELECT * needs FROM with one source and no JOIN.', selection.position);
      }
      return ({ values }) => values.at(-1);
    case 'value':
      return compileExpression(selection.expression, context);
    case 'object':
      return compileEntries(selection.entries, context);
  }
}

function computeCount(expression: Expression | undefined, clause: string, context: CompileContext): number | null {
  if (expression === undefined) return null;
  const count = compileExpression(expression, { ...context, names: [] })(emptyScope);
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) {
    throw new QueryError(`${clause} takes a whole number that is not negative, not ${JSON.stringify(count)}.`);
  }
  return count;
}

/** Groups stand where their first row stood. Without GROUP BY all rows form one group, even if there are none. */
function* formGroups(rows: Iterable<Row>, keys: readonly Evaluate[], outer: Scope): Iterable<Row> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(
      keys.map((evaluate) => canonicalJson([evaluate(row.scope)].filter((value) => value !== undefined))),
    );
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  if (groups.size === 0 && keys.length === 0) yield { position: atOrigin(0), scope: outer };
  for (const group of groups.values()) {
    const [first] = group;
    if (first) {
      yield { position: first.position, scope: { values: first.scope.values, group: group.map((row) => row.scope) } };
    }
  }
}

function* projectRows(rows: Iterable<Row>, select: Evaluate): Iterable<Result> {
  for (const { position, scope } of rows) {
    const value = select(scope);
    if (value !== undefined) yield { position, value };
  }
}

function* dropRepeated(results: Iterable<Result>): Iterable<Result> {
  const seen = new Set<string>();
  for (const result of results) {
    const key = canonicalJson(result.value);
    if (seen.has(key)) continue;
    seen.add(key);
    yield result;
  }
}

export interface Page {
  readonly values: Json[];
  readonly continuation: Continuation | undefined;
}

/** Bytes of JSON after which a page ends, as in the service. */
export const largestPage = 4 * 1024 * 1024;

/** Characters that the sort keys in a continuation token may take: it travels in a header. */
const longestKeys = 4096;

/** `documents` may leave out those before the continuation's when the query is streaming. */
export function readPage(
  query: CompiledQuery,
  documents: Iterable<NumberedDocument>,
  { most, resume }: { most: number; resume: Continuation | undefined },
): Page {
  const values: Json[] = [];
  let skip = resume ? 0 : query.skip;
  let take = resume ? resume.take : query.take;
  let last: Position | undefined;
  let size = 0;
  for (const { position, value } of take === 0 ? [] : query.run(documents)) {
    if (resume && comparePositions(position, resume.after, query.descending) <= 0) continue;
    const isFull = values.length >= most || size >= largestPage;
    // After a row whose keys are too long to be remembered the page goes on, rather than lose its place.
    if (isFull && last !== undefined && JSON.stringify(last.keys).length <= longestKeys) {
      return { values, continuation: { after: last, take } };
    }
    if (skip > 0) {
      skip -= 1;
      continue;
    }
    values.push(value);
    size += JSON.stringify(value).length;
    last = position;
    if (take !== null) take -= 1;
    if (take === 0) break;
  }
  return { values, continuation: undefined };
}
