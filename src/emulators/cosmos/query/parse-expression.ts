import { QueryError } from './query-error.ts';
import type { BinaryOperator, Expression, Query } from './syntax.ts';
import type { TokenReader } from './token-reader.ts';

export interface QueryReader extends TokenReader {
  /** Reads a query from its SELECT on; given from outside because queries and expressions contain each other. */
  parseSubquery(): Query;
}

const comparisons: Record<string, BinaryOperator> = {
  '=': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};
const additive: Record<string, BinaryOperator> = { '+': '+', '-': '-' };
const multiplicative: Record<string, BinaryOperator> = { '*': '*', '/': '/', '%': '%' };

type Parse = (reader: QueryReader) => Expression;

const negate = (operand: Expression, negated: boolean): Expression =>
  negated ? { kind: 'unary', operator: 'NOT', operand } : operand;

function takeOperator(reader: QueryReader, operators: Record<string, BinaryOperator>): BinaryOperator | undefined {
  const token = reader.peek();
  const operator = token.kind === 'symbol' && Object.hasOwn(operators, token.text) ? operators[token.text] : undefined;
  if (operator !== undefined) reader.next();
  return operator;
}

function parseLeftToRight(reader: QueryReader, operators: Record<string, BinaryOperator>, operand: Parse): Expression {
  let left = operand(reader);
  for (let operator = takeOperator(reader, operators); operator; operator = takeOperator(reader, operators)) {
    left = { kind: 'binary', operator, left, right: operand(reader) };
  }
  return left;
}

/** Loosest to tightest: ?:, ??, OR, AND, comparison, ||, + -, * / %, unary, member access (reference: "Operators"). */
export function parseExpression(reader: QueryReader): Expression {
  return reader.nested(() => {
    const condition = parseLeftToRight(reader, { '??': '??' }, parseOr);
    if (!reader.takeSymbol('?')) return condition;
    const whenTrue = parseExpression(reader);
    reader.expectSymbol(':');
    return { kind: 'conditional', condition, whenTrue, otherwise: parseExpression(reader) };
  });
}

export function parseExpressionList(reader: QueryReader): Expression[] {
  const items = [parseExpression(reader)];
  while (reader.takeSymbol(',')) items.push(parseExpression(reader));
  return items;
}

function parseOr(reader: QueryReader): Expression {
  let left = parseAnd(reader);
  while (reader.takeWord('OR')) left = { kind: 'binary', operator: 'OR', left, right: parseAnd(reader) };
  return left;
}

function parseAnd(reader: QueryReader): Expression {
  let left = parseComparison(reader);
  while (reader.takeWord('AND')) left = { kind: 'binary', operator: 'AND', left, right: parseComparison(reader) };
  return left;
}

/**
 * NOT binds tighter than comparison in the service's grammar, which is seldom what was meant: without parentheses
 * `NOT a = b` is refused, so that nobody gets an answer to another question.
 */
function parseComparison(reader: QueryReader): Expression {
  const start = reader.peek();
  const startsWithNot = reader.isWord('NOT');
  const left = parseConcatenation(reader);
  const refuseAfterNot = () => {
    if (!startsWithNot) return;
    throw new QueryError('NOT before a comparison is ambiguous: write NOT (a = b) or (NOT a) = b.', start.position);
  };
  const negated = reader.isWord('NOT') && ['IN', 'BETWEEN', 'LIKE'].some((word) => reader.isWord(word, 1));
  if (negated) reader.next();
  if (reader.isWord('IN') || reader.isWord('BETWEEN') || reader.isWord('LIKE')) {
    refuseAfterNot();
    return negate(parseTest(reader, left), negated);
  }
  const operator = takeOperator(reader, comparisons);
  if (operator === undefined) return left;
  refuseAfterNot();
  const comparison: Expression = { kind: 'binary', operator, left, right: parseConcatenation(reader) };
  if (takeOperator(reader, comparisons)) {
    throw new QueryError('A comparison of a comparison needs parentheses.', start.position);
  }
  return comparison;
}

function parseTest(reader: QueryReader, value: Expression): Expression {
  if (reader.takeWord('IN')) {
    reader.expectSymbol('(');
    const choices = parseExpressionList(reader);
    reader.expectSymbol(')');
    return { kind: 'in', value, choices };
  }
  if (reader.takeWord('BETWEEN')) {
    const low = parseConcatenation(reader);
    reader.expectWord('AND');
    return { kind: 'between', value, low, high: parseConcatenation(reader) };
  }
  reader.expectWord('LIKE');
  const pattern = parseConcatenation(reader);
  return { kind: 'like', value, pattern, escape: reader.takeWord('ESCAPE') ? parsePrimary(reader) : undefined };
}

const parseConcatenation: Parse = (reader) => parseLeftToRight(reader, { '||': '||' }, parseSum);
const parseSum: Parse = (reader) => parseLeftToRight(reader, additive, parseProduct);
const parseProduct: Parse = (reader) => parseLeftToRight(reader, multiplicative, parseUnary);

function parseUnary(reader: QueryReader): Expression {
  return reader.nested(() => {
    if (reader.takeWord('NOT')) return { kind: 'unary', operator: 'NOT', operand: parseUnary(reader) };
    if (reader.takeSymbol('-')) return { kind: 'unary', operator: '-', operand: parseUnary(reader) };
    if (reader.takeSymbol('+')) return { kind: 'unary', operator: '+', operand: parseUnary(reader) };
    return parseMembers(reader, parsePrimary(reader));
  });
}

export function parseMembers(reader: QueryReader, start: Expression): Expression {
  let object = start;
  for (;;) {
    if (reader.takeSymbol('.')) {
      if (reader.peek().kind !== 'word') reader.refuse('a property name');
      object = { kind: 'member', object, key: { kind: 'literal', value: reader.next().text } };
    } else if (reader.takeSymbol('[')) {
      object = { kind: 'member', object, key: parseExpression(reader) };
      reader.expectSymbol(']');
    } else if (object !== start && reader.isSymbol('(')) {
      throw new QueryError('User-defined functions are not supported.', reader.peek().position);
    } else {
      return object;
    }
  }
}

const constants = new Map([
  ['TRUE', true],
  ['FALSE', false],
  ['NULL', null],
  ['UNDEFINED', undefined],
]);

function parsePrimary(reader: QueryReader): Expression {
  const token = reader.peek();
  if (token.kind === 'number') {
    reader.next();
    return { kind: 'literal', value: token.value };
  }
  if (token.kind === 'string') return { kind: 'literal', value: reader.next().text };
  if (token.kind === 'parameter') return { kind: 'parameter', name: reader.next().text, position: token.position };
  if (reader.takeSymbol('(')) return parseParenthesized(reader, token.position);
  if (reader.takeSymbol('[')) return { kind: 'array', items: parseItems(reader) };
  if (reader.takeSymbol('{')) return { kind: 'object', entries: parseEntries(reader) };
  const word = token.text.toUpperCase();
  if (token.kind === 'word' && constants.has(word)) {
    reader.next();
    return { kind: 'literal', value: constants.get(word) };
  }
  if ((reader.isWord('EXISTS') || reader.isWord('ARRAY')) && reader.isSymbol('(', 1)) {
    reader.next();
    reader.next();
    const query = reader.parseSubquery();
    reader.expectSymbol(')');
    return { kind: 'subquery', form: word === 'EXISTS' ? 'exists' : 'array', query, position: token.position };
  }
  const name = reader.expectName('an expression');
  if (!reader.takeSymbol('(')) return { kind: 'identifier', name, position: token.position };
  const operands = reader.isSymbol(')') ? [] : parseExpressionList(reader);
  reader.expectSymbol(')');
  return { kind: 'call', name: name.toUpperCase(), operands, position: token.position };
}

function parseParenthesized(reader: QueryReader, position: number): Expression {
  const inner: Expression = reader.isWord('SELECT')
    ? { kind: 'subquery', form: 'scalar', query: reader.parseSubquery(), position }
    : parseExpression(reader);
  reader.expectSymbol(')');
  return inner;
}

function parseItems(reader: QueryReader): Expression[] {
  const items = reader.isSymbol(']') ? [] : parseExpressionList(reader);
  reader.expectSymbol(']');
  return items;
}

function parseEntries(reader: QueryReader): { name: string; value: Expression }[] {
  const entries: { name: string; value: Expression }[] = [];
  if (reader.takeSymbol('}')) return entries;
  do {
    const token = reader.peek();
    if (token.kind !== 'string' && token.kind !== 'word') reader.refuse('a property name');
    reader.next();
    reader.expectSymbol(':');
    entries.push({ name: token.text, value: parseExpression(reader) });
  } while (reader.takeSymbol(','));
  reader.expectSymbol('}');
  return entries;
}
