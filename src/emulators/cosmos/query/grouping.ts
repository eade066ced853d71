import { aggregates } from './aggregates.ts';
import { QueryError } from './query-error.ts';
import type { Expression, Query, Selection } from './syntax.ts';

const withoutPositions = (name: string, value: unknown) => (name === 'position' ? undefined : value);
const isSame = (a: Expression, b: Expression) =>
  JSON.stringify(a, withoutPositions) === JSON.stringify(b, withoutPositions);

const isAggregate = (expression: Expression) =>
  expression.kind === 'call' && Object.hasOwn(aggregates, expression.name);

function listOperands(expression: Expression): Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'parameter':
    case 'identifier':
    case 'subquery':
      return [];
    case 'member':
      return [expression.object, expression.key];
    case 'array':
      return expression.items;
    case 'object':
      return expression.entries.map((entry) => entry.value);
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'conditional':
      return [expression.condition, expression.whenTrue, expression.otherwise];
    case 'in':
      return [expression.value, ...expression.choices];
    case 'between':
      return [expression.value, expression.low, expression.high];
    case 'like':
      return [expression.value, expression.pattern, ...(expression.escape ? [expression.escape] : [])];
    case 'call':
      return expression.operands;
  }
}

const hasAggregate = (expression: Expression): boolean =>
  isAggregate(expression) || listOperands(expression).some(hasAggregate);

function listSelected(selection: Selection): Expression[] {
  switch (selection.kind) {
    case 'all':
      return [];
    case 'value':
      return [selection.expression];
    case 'object':
      return selection.entries.map((entry) => entry.value);
  }
}

/** What differs between the rows of one group has no single value to show. */
function checkSelected(expression: Expression, groupBy: readonly Expression[]): void {
  if (isAggregate(expression) || groupBy.some((key) => isSame(key, expression))) return;
  if (expression.kind === 'identifier' || expression.kind === 'subquery') {
    const what = expression.kind === 'identifier' ? `"${expression.name}"` : 'A subquery';
    throw new QueryError(`${what} is neither in an aggregate nor in GROUP BY.`, expression.position);
  }
  for (const operand of listOperands(expression)) checkSelected(operand, groupBy);
}

/** Whether the query answers groups rather than rows. */
export function isGrouped(query: Query): boolean {
  const selected = listSelected(query.selection);
  if (query.groupBy.length === 0 && !selected.some(hasAggregate)) return false;
  if (query.selection.kind === 'all') {
    throw new QueryError('SELECT * is not possible with GROUP BY.', query.selection.position);
  }
  for (const expression of selected) checkSelected(expression, query.groupBy);
  return true;
}
