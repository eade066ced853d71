import { QueryError } from './query-error.ts';

export type Token =
  | { kind: 'word' | 'parameter' | 'symbol' | 'string'; text: string; position: number }
  | { kind: 'number'; text: string; value: number; position: number }
  | { kind: 'end'; text: ''; position: number };

const space = /\s+/y;
const word = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const parameter = /@[\p{L}\p{N}_$]+/uy;
const number = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const symbol = /<>|!=|<=|>=|\|\||\?\?|[-+*/%=<>?:.,()[\]{}]/y;
const text = /'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"/y;
const escape = /\\(?:u([0-9a-fA-F]{4})|([^]))/g;

const escaped: Record<string, string> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
};

function unescape(quoted: string, position: number): string {
  return quoted.slice(1, -1).replaceAll(escape, (sequence, hex: string | undefined, letter: string | undefined) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    const character = escaped[letter ?? ''];
    if (character === undefined) throw new QueryError(`The escape sequence ${sequence} is not known.`, position);
    return character;
  });
}

export function tokenize(query: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    return pattern.exec(query)?.[0];
  };
  const next = (): { token: Token | undefined; length: number } => {
    let found = match(space);
    if (found !== undefined) return { token: undefined, length: found.length };
    if (query.startsWith('--', position)) {
      throw new QueryError('Comments are not supported, and neither is "--".', position);
    }
    if ((found = match(word)) !== undefined) {
      return { token: { kind: 'word', text: found, position }, length: found.length };
    }
    if ((found = match(number)) !== undefined) {
      const value = Number(found);
      if (!Number.isFinite(value)) throw new QueryError(`The number ${found} is out of range.`, position);
      return { token: { kind: 'number', text: found, value, position }, length: found.length };
    }
    if ((found = match(text)) !== undefined) {
      return { token: { kind: 'string', text: unescape(found, position), position }, length: found.length };
    }
    if ((found = match(parameter)) !== undefined) {
      return { token: { kind: 'parameter', text: found, position }, length: found.length };
    }
    if ((found = match(symbol)) !== undefined) {
      return { token: { kind: 'symbol', text: found, position }, length: found.length };
    }
    throw new QueryError(`"${query[position]}" is not understood.`, position);
  };
  while (position < query.length) {
    const { token, length } = next();
    if (token !== undefined) {
      const previous = tokens.at(-1);
      if (
        token.kind === 'word' &&
        previous?.kind === 'number' &&
        previous.position + previous.text.length === position
      ) {
        throw new QueryError(`"${previous.text}${token.text}" is not a number.`, previous.position);
      }
      tokens.push(token);
    }
    position += length;
  }
  tokens.push({ kind: 'end', text: '', position });
  return tokens;
}
