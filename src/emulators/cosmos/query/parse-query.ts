import { type QueryReader, parseExpression, parseExpressionList, parseMembers } from './parse-expression.ts';
import { QueryError } from './query-error.ts';
import type { Expression, OrderTerm, Query, Selection, Source } from './syntax.ts';
import { createTokenReader } from './token-reader.ts';
import { tokenize } from './tokenizer.ts';

/** The service's own limit for the text of a query, in characters. */
const longestQuery = 512 * 1024;

/** @throws QueryError naming the character where the text stops being a query this server knows. */
export function parseQuery(text: string): Query {
  if (text.length > longestQuery) throw new QueryError(`The query is longer than ${longestQuery} characters.`);
  const tokens = createTokenReader(tokenize(text));
  const reader: QueryReader = { ...tokens, parseSubquery: () => parseSelect(reader) };
  const query = parseSelect(reader);
  if (reader.peek().kind !== 'end') reader.refuse('the end of the query');
  return query;
}

function parseSelect(reader: QueryReader): Query {
  reader.expectWord('SELECT');
  const distinct = reader.takeWord('DISTINCT');
  const top = reader.takeWord('TOP') ? parseCount(reader) : undefined;
  const selection = parseSelection(reader);
  const sources = reader.takeWord('FROM') ? parseSources(reader) : [];
  const where = reader.takeWord('WHERE') ? parseExpression(reader) : undefined;
  const groupBy = takeWords(reader, 'GROUP') ? parseExpressionList(reader) : [];
  const orderStart = reader.peek().position;
  const orderBy = takeWords(reader, 'ORDER') ? parseOrderTerms(reader) : [];
  if (groupBy.length > 0 && orderBy.length > 0) {
    throw new QueryError(
      'ORDER BY together with GROUP BY is not supported: sort the groups in the client.',
      orderStart,
    );
  }
  const query = { distinct, top, selection, sources, where, groupBy, orderBy };
  if (!reader.takeWord('OFFSET')) return { ...query, offset: undefined, limit: undefined };
  if (top !== undefined) reader.refuse('no OFFSET in a query with TOP');
  const offset = parseCount(reader);
  reader.expectWord('LIMIT');
  return { ...query, offset, limit: parseCount(reader) };
}

function parseCount(reader: QueryReader): Expression {
  const token = reader.next();
  if (token.kind === 'number') return { kind: 'literal', value: token.value };
  if (token.kind === 'parameter') return { kind: 'parameter', name: token.text, position: token.position };
  throw new QueryError('TOP, OFFSET and LIMIT take a number or a parameter.', token.position);
}

function takeWords(reader: QueryReader, first: 'GROUP' | 'ORDER'): boolean {
  if (!reader.takeWord(first)) return false;
  reader.expectWord('BY');
  return true;
}

function parseSelection(reader: QueryReader): Selection {
  const { position } = reader.peek();
  if (reader.takeSymbol('*')) return { kind: 'all', position };
  if (reader.takeWord('VALUE')) return { kind: 'value', expression: parseExpression(reader) };
  const entries: { name: string; value: Expression }[] = [];
  let unnamed = 0;
  do {
    const start = reader.peek().position;
    const value = parseExpression(reader);
    const name = parseAlias(reader) ?? computeName(value) ?? `$${(unnamed += 1)}`;
    if (entries.some((entry) => entry.name === name)) {
      throw new QueryError(`Two results are named "${name}": give one of them another name with AS.`, start);
    }
    entries.push({ name, value });
  } while (reader.takeSymbol(','));
  return { kind: 'object', entries };
}

function parseAlias(reader: QueryReader): string | undefined {
  const token = reader.peek();
  if (reader.takeWord('AS')) {
    if (reader.peek().kind === 'string') return reader.next().text;
    return reader.expectName('a name after AS');
  }
  return reader.isName() && token.kind === 'word' ? reader.next().text : undefined;
}

function computeName(expression: Expression): string | undefined {
  if (expression.kind === 'identifier') return expression.name;
  if (expression.kind !== 'member' || expression.key.kind !== 'literal') return undefined;
  return typeof expression.key.value === 'string' ? expression.key.value : undefined;
}

function parseSources(reader: QueryReader): Source[] {
  const sources = [parseSource(reader)];
  while (reader.takeWord('JOIN')) sources.push(parseSource(reader));
  return sources;
}

function parseSource(reader: QueryReader): Source {
  const { position } = reader.peek();
  if (reader.takeSymbol('(')) {
    const query = reader.parseSubquery();
    reader.expectSymbol(')');
    reader.takeWord('AS');
    return { kind: 'subquery', name: reader.expectName('a name for the subquery'), query, position };
  }
  if (reader.isWord('IN', 1)) {
    const name = reader.expectName('a name before IN');
    reader.expectWord('IN');
    return { kind: 'elements', name, expression: parsePath(reader), position };
  }
  const expression = parsePath(reader);
  const name = parseAlias(reader) ?? computeName(expression);
  if (name === undefined) return reader.refuse('a name for the source');
  return { kind: 'value', name, expression, position };
}

function parsePath(reader: QueryReader): Expression {
  const { position } = reader.peek();
  const name = reader.expectName('the container or a path');
  return parseMembers(reader, { kind: 'identifier', name, position });
}

function parseOrderTerms(reader: QueryReader): OrderTerm[] {
  const terms: OrderTerm[] = [];
  do {
    const expression = parseExpression(reader);
    const descending = reader.takeWord('DESC');
    if (!descending) reader.takeWord('ASC');
    terms.push({ expression, descending });
  } while (reader.takeSymbol(','));
  return terms;
}
