import { BrokerError } from '../broker-error.ts';

export type SqlToken =
  /** `text`: in upper case for a plain word, so that keywords compare; `name`: as written. */
  | { readonly kind: 'word'; readonly text: string; readonly name: string; readonly at: number }
  | { readonly kind: 'quoted-name'; readonly name: string; readonly at: number }
  | { readonly kind: 'string'; readonly value: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

const pattern =
  /\s+|(?<string>'(?:[^']|'')*')|(?<quoted>"(?:[^"]|"")*"|\[(?:[^\]]|\]\])*\])|(?<number>0x[\da-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)|(?<word>[a-z_]\w*)|(?<symbol><>|!=|<=|>=|[-+*/%=<>(),.])/giuy;

function unquote(text: string): string {
  const close = text.at(-1) ?? '';
  return text.slice(1, -1).replaceAll(`${close}${close}`, close);
}

function toToken(groups: Record<string, string | undefined>, at: number): SqlToken | undefined {
  const { string, quoted, number, word, symbol } = groups;
  if (string !== undefined) return { kind: 'string', value: unquote(string), at };
  if (quoted !== undefined) return { kind: 'quoted-name', name: unquote(quoted), at };
  if (number !== undefined) return { kind: 'number', value: Number(number), at };
  if (word !== undefined) return { kind: 'word', text: word.toUpperCase(), name: word, at };
  if (symbol !== undefined) return { kind: 'symbol', text: symbol === '!=' ? '<>' : symbol, at };
  return undefined;
}

/** @throws BrokerError `bad-argument` at a character that begins no token. */
export function readSqlTokens(text: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    const token = toToken(match.groups ?? {}, at);
    if (token !== undefined) tokens.push(token);
    at = match.index + match[0].length;
  }
  if (at < text.length) {
    throw new BrokerError(
      'bad-argument',
      `The SQL filter has an unexpected character at position ${at}: ${text.slice(at)}`,
    );
  }
  return [...tokens, { kind: 'end', at }];
}
