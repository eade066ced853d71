import { BrokerError } from '../broker-error.ts';
import type { ArithmeticOperator, CompareOperator, SqlExpression, SqlProperty } from './sql-expression.ts';
import { readSqlTokens, type SqlToken } from './sql-tokens.ts';

/** Where the parser stands; the only thing in this file that changes. */
interface Cursor {
  readonly tokens: readonly SqlToken[];
  index: number;
}

const end: SqlToken = { kind: 'end', at: 0 };
const current = ({ tokens, index }: Cursor): SqlToken => tokens[index] ?? end;

function fail(cursor: Cursor, wanted: string): BrokerError {
  const token = current(cursor);
  const found = token.kind === 'end' ? 'the end' : `${token.kind} at position ${token.at}`;
  return new BrokerError('bad-argument', `The SQL filter has ${found} where ${wanted} should be.`);
}

function advance(cursor: Cursor): SqlToken {
  const token = current(cursor);
  cursor.index += 1;
  return token;
}

/** Steps over the first of these words or symbols that stands here. */
function accept<T extends string>(cursor: Cursor, ...texts: T[]): T | undefined {
  const token = current(cursor);
  const found = 'text' in token ? texts.find((text) => text === token.text) : undefined;
  if (found !== undefined) advance(cursor);
  return found;
}

function expect(cursor: Cursor, text: string): void {
  if (accept(cursor, text) === undefined) throw fail(cursor, `"${text}"`);
}

function parseOr(cursor: Cursor): SqlExpression {
  let left = parseAnd(cursor);
  while (accept(cursor, 'OR')) left = { kind: 'or', left, right: parseAnd(cursor) };
  return left;
}

function parseAnd(cursor: Cursor): SqlExpression {
  let left = parseNot(cursor);
  while (accept(cursor, 'AND')) left = { kind: 'and', left, right: parseNot(cursor) };
  return left;
}

function parseNot(cursor: Cursor): SqlExpression {
  return accept(cursor, 'NOT') ? { kind: 'not', operand: parseNot(cursor) } : parsePredicate(cursor);
}

const compareOperators: CompareOperator[] = ['=', '<>', '<=', '>=', '<', '>'];

function parsePredicate(cursor: Cursor): SqlExpression {
  const operand = parseSum(cursor);
  const operator = accept(cursor, ...compareOperators);
  if (operator !== undefined) return { kind: 'compare', operator, left: operand, right: parseSum(cursor) };
  if (accept(cursor, 'IS')) {
    const isNegated = accept(cursor, 'NOT') !== undefined;
    expect(cursor, 'NULL');
    return negateIf(isNegated, { kind: 'is-null', operand });
  }
  const isNegated = accept(cursor, 'NOT') !== undefined;
  if (accept(cursor, 'LIKE')) return negateIf(isNegated, parseLike(cursor, operand));
  if (accept(cursor, 'IN')) return negateIf(isNegated, { kind: 'in', operand, options: parseList(cursor) });
  if (isNegated) throw fail(cursor, 'LIKE or IN');
  return operand;
}

const negateIf = (isNegated: boolean, operand: SqlExpression): SqlExpression =>
  isNegated ? { kind: 'not', operand } : operand;

function parseLike(cursor: Cursor, operand: SqlExpression): SqlExpression {
  const pattern = parseSum(cursor);
  if (!accept(cursor, 'ESCAPE')) return { kind: 'like', operand, pattern, escape: undefined };
  const token = advance(cursor);
  if (token.kind === 'string' && token.value.length === 1)
    return { kind: 'like', operand, pattern, escape: token.value };
  throw fail(cursor, 'one character in quotes after ESCAPE');
}

function parseList(cursor: Cursor): SqlExpression[] {
  expect(cursor, '(');
  const options = [parseSum(cursor)];
  while (accept(cursor, ',')) options.push(parseSum(cursor));
  expect(cursor, ')');
  return options;
}

function parseSum(cursor: Cursor): SqlExpression {
  let left = parseProduct(cursor);
  for (let operator = accept(cursor, '+', '-'); operator !== undefined; operator = accept(cursor, '+', '-')) {
    left = arithmetic(operator, left, parseProduct(cursor));
  }
  return left;
}

function parseProduct(cursor: Cursor): SqlExpression {
  let left = parseSigned(cursor);
  for (let operator = accept(cursor, '*', '/', '%'); operator !== undefined; operator = accept(cursor, '*', '/', '%')) {
    left = arithmetic(operator, left, parseSigned(cursor));
  }
  return left;
}

const arithmetic = (operator: ArithmeticOperator, left: SqlExpression, right: SqlExpression): SqlExpression => ({
  kind: 'arithmetic',
  operator,
  left,
  right,
});

function parseSigned(cursor: Cursor): SqlExpression {
  const sign = accept(cursor, '-', '+');
  if (sign === undefined) return parsePrimary(cursor);
  const operand = parseSigned(cursor);
  return sign === '-' ? { kind: 'negate', operand } : operand;
}

function parsePrimary(cursor: Cursor): SqlExpression {
  const token = current(cursor);
  if (accept(cursor, '(')) {
    const inner = parseOr(cursor);
    expect(cursor, ')');
    return inner;
  }
  if (accept(cursor, 'TRUE')) return { kind: 'literal', value: true };
  if (accept(cursor, 'FALSE')) return { kind: 'literal', value: false };
  if (accept(cursor, 'NULL')) return { kind: 'literal', value: null };
  if (token.kind === 'string' || token.kind === 'number') {
    advance(cursor);
    return { kind: 'literal', value: token.value };
  }
  if (accept(cursor, 'EXISTS')) {
    expect(cursor, '(');
    const property = parseProperty(cursor);
    expect(cursor, ')');
    return { kind: 'exists', property };
  }
  return parseProperty(cursor);
}

/** As a property name, these must be quoted. */
const keywords = new Set(['AND', 'OR', 'NOT', 'IS', 'NULL', 'IN', 'LIKE', 'ESCAPE', 'EXISTS', 'TRUE', 'FALSE']);

function parseProperty(cursor: Cursor): SqlProperty {
  const scope = accept(cursor, 'SYS', 'USER');
  if (scope !== undefined) expect(cursor, '.');
  const token = current(cursor);
  const isName = token.kind === 'quoted-name' || (token.kind === 'word' && !keywords.has(token.text));
  if (!isName) throw fail(cursor, 'a value or the name of a property');
  advance(cursor);
  return { kind: 'property', scope: scope === 'SYS' ? 'sys' : 'user', name: token.name };
}

/**
 * Parses the condition of an SQL filter ("Subscription Rule SQL Filter Syntax"). Left out: parameters and functions.
 *
 * @throws BrokerError `bad-argument` that says where it stopped.
 */
export function parseSqlFilter(text: string): SqlExpression {
  const cursor: Cursor = { tokens: readSqlTokens(text), index: 0 };
  const expression = parseOr(cursor);
  if (current(cursor).kind !== 'end') throw fail(cursor, 'the end or AND, OR');
  return expression;
}
