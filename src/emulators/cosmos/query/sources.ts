import type { Json } from '../json.ts';
import { type CompileContext, compileExpression, type Scope } from './compile-expression.ts';
import type { Value } from './order.ts';
import { QueryError } from './query-error.ts';
import type { Source } from './syntax.ts';

/** What FROM and JOIN bind: each scope in which the rest of the query is evaluated. */
interface Join {
  readonly context: CompileContext;
  readonly expand: (document: Json, outer: Scope) => Iterable<Scope>;
}

type ListValues = (scope: Scope, document: Json) => Iterable<Value>;

const addSource = ({ context, expand }: Join, name: string, list: ListValues): Join => ({
  context: { ...context, names: [...context.names, name] },
  *expand(document, outer) {
    for (const scope of expand(document, outer)) {
      for (const value of list(scope, document)) yield { values: [...scope.values, value], group: [] };
    }
  },
});

const listBound = (kind: 'value' | 'elements', value: Value): Iterable<Value> => {
  if (kind === 'elements') return Array.isArray(value) ? value : [];
  return value === undefined ? [] : [value];
};

function compileSource(source: Source, context: CompileContext): ListValues {
  if (source.kind === 'subquery') return context.compileSubquery(source.query, context);
  if (context.names.includes(source.name)) {
    throw new QueryError(`"${source.name}" names two sources.`, source.position);
  }
  const path = compileExpression(source.expression, context);
  return (scope) => listBound(source.kind, path(scope));
}

/** Starts at the document, whatever the path calls it. */
function compileRoot(source: Exclude<Source, { kind: 'subquery' }>, context: CompileContext): ListValues {
  let root = source.expression;
  while (root.kind === 'member') root = root.object;
  const names = root.kind === 'identifier' ? [root.name] : [];
  const path = compileExpression(source.expression, { ...context, names });
  return (_, document) => listBound(source.kind, path({ values: [document], group: [] }));
}

/** The first path of the outermost query starts at the document, all others at a name that is known there. */
export function compileSources(sources: readonly Source[], context: CompileContext, isOutermost: boolean): Join {
  const nothing: Join = { context, expand: (_, outer) => [outer] };
  return sources.reduce((join, source, index) => {
    const isRoot = isOutermost && index === 0 && source.kind !== 'subquery';
    const list = isRoot ? compileRoot(source, join.context) : compileSource(source, join.context);
    return addSource(join, source.name, list);
  }, nothing);
}
