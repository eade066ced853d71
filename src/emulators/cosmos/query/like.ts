import { QueryError } from './query-error.ts';

const special = /[\\^$.*+?()[\]{}|]/g;
const quote = (text: string) => text.replaceAll(special, String.raw`\$&`);
const quoteMember = (text: string) => quote(text).replaceAll('-', String.raw`\-`);

const cache = new Map<string, RegExp>();
const largestCache = 200;

/** %: any text, _: one character, [abc], [a-z], [^a-z]: one of (not) these (reference: "LIKE"). */
export function createLikeMatcher(pattern: string, escape: string | undefined): RegExp {
  const key = JSON.stringify([pattern, escape]);
  const known = cache.get(key);
  if (known !== undefined) return known;
  if (escape !== undefined && Array.from(escape).length !== 1) {
    throw new QueryError(`ESCAPE takes one character, not ${JSON.stringify(escape)}.`);
  }
  const matcher = new RegExp(`^${translate(Array.from(pattern), escape)}$`, 'su');
  if (cache.size === largestCache) cache.clear();
  cache.set(key, matcher);
  return matcher;
}

function translate(characters: string[], escape: string | undefined): string {
  let source = '';
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    const end = character === '[' ? characters.indexOf(']', index + 2) : -1;
    if (character === escape && index + 1 < characters.length) {
      index += 1;
      source += quote(characters[index] ?? '');
    } else if (character === '%') source += '.*';
    else if (character === '_') source += '.';
    else if (end > index) {
      source += translateSet(characters.slice(index + 1, end));
      index = end;
    } else source += quote(character);
  }
  return source;
}

function translateSet(set: string[]): string {
  const negated = set[0] === '^' && set.length > 1;
  let source = negated ? '[^' : '[';
  const members = negated ? set.slice(1) : set;
  for (let index = 0; index < members.length; index += 1) {
    const [first = '', dash, last] = members.slice(index, index + 3);
    if (dash === '-' && last !== undefined) {
      if (first > last) throw new QueryError(`The range ${first}-${last} in a LIKE pattern runs backwards.`);
      source += `${quoteMember(first)}-${quoteMember(last)}`;
      index += 2;
    } else source += quoteMember(first);
  }
  return `${source}]`;
}
