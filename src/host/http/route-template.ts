import { parseRouteConstraint, type RouteConstraint } from './route-constraints.ts';

/** A route as in ASP.NET Core, e.g. `orders/{id:int}/{part?}` or `files/{*rest}`. */
export interface RouteTemplate {
  /** The parameters of a path that fits, decoded; undefined where it does not fit. */
  match(path: string): Record<string, string> | undefined;
  /** One digit a segment, 1 the most specific kind; compared as text, less goes first (RoutePrecedence of ASP.NET Core). */
  readonly precedence: string;
}

interface Parameter {
  readonly name: string;
  readonly kind: 'required' | 'optional' | 'rest';
  readonly default: string | undefined;
  readonly constraints: readonly RouteConstraint[];
}

const parameterForm = /^(\*{0,2})([^:=?]+)((?::[^:=?(]+(?:\(.*?\)(?=[:=?]|$))?)*)(?:=(.*?))?(\?)?$/s;

function parseParameter(text: string): Parameter {
  const [, stars, name, constraints = '', fallback, optional] = parameterForm.exec(text) ?? [];
  if (name === undefined)
    throw new Error(`Route parameter "{${text}}" cannot be read; write {name}, {name:int} or {*name}.`);
  const texts = constraints.match(/[^:(]+(?:\(.*?\)(?=:|$))?/gs) ?? [];
  return {
    name,
    kind: stars ? 'rest' : optional === undefined && fallback === undefined ? 'required' : 'optional',
    default: fallback,
    constraints: texts.map(parseRouteConstraint),
  };
}

const singleBraces = (text: string) => text.replaceAll('{{', '{').replaceAll('}}', '}');

/** Literals and parameters in turn; doubled braces are literal ones, also within a constraint's pattern. */
function parseSegment(segment: string): (string | Parameter)[] {
  const parts = segment.match(/\{(?:[^{}]|\{\{|\}\})+\}|(?:[^{}]|\{\{|\}\})+|[{}]/g) ?? [];
  return parts.map((part) => {
    if (part === '{' || part === '}') throw new Error(`Route segment "${segment}" has a brace without its pair.`);
    const inner = part.startsWith('{') && part.endsWith('}') && !part.startsWith('{{') ? part.slice(1, -1) : undefined;
    return inner === undefined ? singleBraces(part) : parseParameter(singleBraces(inner));
  });
}

const escapeLiteral = (text: string) => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);

function segmentPattern(parts: readonly (string | Parameter)[]): string {
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'object' && only.kind !== 'required') {
    return only.kind === 'rest' ? '(?:/(.*))?' : '(?:/([^/]+))?';
  }
  return `/${parts.map((part) => (typeof part === 'string' ? escapeLiteral(keepApart(part)) : '([^/]+?)')).join('')}`;
}

function segmentPrecedence(parts: readonly (string | Parameter)[]): number {
  const [only] = parts;
  if (parts.length > 1) return 2;
  if (typeof only !== 'object') return 1;
  return (only.kind === 'rest' ? 5 : 3) - (only.constraints.length > 0 ? 1 : 0);
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

const keepApart = (text: string): string => text.replaceAll('%', '%25').replaceAll('/', '%2F');

/** As templates are written, but for what would look like another segment. */
const readable = (path: string): string => path.split('/').map(decode).map(keepApart).join('/');

/** @throws where the template is not valid, with what is wrong. */
export function parseRouteTemplate(template: string): RouteTemplate {
  const segments = template
    .split('/')
    .filter((segment) => segment !== '')
    .map(parseSegment);
  const parameters = segments.flat().filter((part) => typeof part === 'object');
  const pattern = new RegExp(`^${segments.map(segmentPattern).join('')}/?$`, 'is');
  return {
    precedence: segments.map(segmentPrecedence).join(''),
    match(path) {
      const found = pattern.exec(readable(path));
      if (!found) return undefined;
      const values: Record<string, string> = {};
      for (const [index, { name, default: fallback, constraints }] of parameters.entries()) {
        const raw = found[index + 1];
        const value = raw === undefined ? fallback : decode(raw);
        if (value === undefined) continue;
        if (!constraints.every((holds) => holds(value))) return undefined;
        values[name] = value;
      }
      return values;
    },
  };
}
