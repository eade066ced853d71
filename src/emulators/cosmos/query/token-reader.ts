import { QueryError } from './query-error.ts';
import type { Token } from './tokenizer.ts';

/** Words that cannot name an alias; after a dot they are ordinary property names. */
const reserved = new Set(
  'AND ARRAY AS ASC BETWEEN BY DESC DISTINCT ESCAPE EXISTS FALSE FROM GROUP IN JOIN LIKE LIMIT NOT NULL OFFSET OR ORDER SELECT TOP TRUE UNDEFINED VALUE WHERE'.split(
    ' ',
  ),
);

/** Parentheses, unary operators and subqueries may nest this deep. */
const deepest = 100;

export interface TokenReader {
  peek(ahead?: number): Token;
  next(): Token;
  isWord(word: string, ahead?: number): boolean;
  isSymbol(symbol: string, ahead?: number): boolean;
  takeWord(word: string): boolean;
  takeSymbol(symbol: string): boolean;
  expectWord(word: string): void;
  expectSymbol(symbol: string): void;
  isName(): boolean;
  expectName(what: string): string;
  /** Throws that the current token does not belong here. */
  refuse(expected: string): never;
  /** Guards against queries nested so deep that they would exhaust the stack. */
  nested<T>(parse: () => T): T;
}

export function createTokenReader(tokens: readonly Token[]): TokenReader {
  let index = 0;
  let depth = 0;
  const peek = (ahead = 0): Token => {
    const token = tokens[Math.min(index + ahead, tokens.length - 1)];
    if (token === undefined) throw new QueryError('The query is empty.');
    return token;
  };
  const next = (): Token => {
    const token = peek();
    index += 1;
    return token;
  };
  const isWord = (word: string, ahead = 0) => peek(ahead).kind === 'word' && peek(ahead).text.toUpperCase() === word;
  const isSymbol = (symbol: string, ahead = 0) => peek(ahead).kind === 'symbol' && peek(ahead).text === symbol;
  const take = (matches: boolean) => {
    if (matches) index += 1;
    return matches;
  };
  const refuse = (expected: string): never => {
    const token = peek();
    const found = token.kind === 'end' ? 'the end of the query' : `"${token.text}"`;
    throw new QueryError(`Syntax error: expected ${expected} but found ${found}.`, token.position);
  };
  const isName = () => peek().kind === 'word' && !reserved.has(peek().text.toUpperCase());
  return {
    peek,
    next,
    isWord,
    isSymbol,
    isName,
    refuse,
    takeWord: (word) => take(isWord(word)),
    takeSymbol: (symbol) => take(isSymbol(symbol)),
    expectWord: (word) => void (take(isWord(word)) || refuse(word)),
    expectSymbol: (symbol) => void (take(isSymbol(symbol)) || refuse(`"${symbol}"`)),
    expectName: (what) => (isName() ? next().text : refuse(what)),
    nested(parse) {
      if (depth === deepest) {
        throw new QueryError(`The query is nested more than ${deepest} levels deep.`, peek().position);
      }
      depth += 1;
      const result = parse();
      depth -= 1;
      return result;
    },
  };
}
