import { badRequest, CosmosError } from './errors.ts';
import { isJsonObject, type Json, type JsonObject, readProperty, writeProperty } from './json.ts';
import { refuseBadQueries } from './query-refusal.ts';
import { parseQuery } from './query/parse-query.ts';
import { compileQuery } from './query/run-query.ts';

/** The service's limit for one patch. */
const mostOperations = 10;

const untouchable = new Set(['id', '_rid', '_self', '_etag', '_attachments', '_ts']);

/**
 * The document after `patch`: a list of operations, or `{ operations, condition }`.
 * @throws CosmosError 412 when the condition does not hold, 400 when an operation does not fit the document
 */
export function applyPatch(
  document: JsonObject,
  patch: Json,
  keyPaths: readonly (readonly string[])[],
  now: number,
): JsonObject {
  const operations = Array.isArray(patch) ? patch : readProperty(patch, 'operations');
  const condition = Array.isArray(patch) ? undefined : readProperty(patch, 'condition');
  if (!Array.isArray(operations) || operations.length === 0 || operations.length > mostOperations) {
    throw badRequest(`A patch needs 1 to ${mostOperations} operations.`);
  }
  if (condition !== undefined && !holds(document, condition, now)) {
    throw new CosmosError(412, `The patch condition ${JSON.stringify(condition)} does not hold.`);
  }
  for (const [index, operation] of operations.entries()) {
    try {
      applyOne(document, operation, keyPaths);
    } catch (error) {
      if (!(error instanceof CosmosError)) throw error;
      throw badRequest(`Patch operation ${index + 1}: ${error.message}`);
    }
  }
  return document;
}

function holds(document: JsonObject, condition: Json, now: number): boolean {
  if (typeof condition !== 'string') {
    throw badRequest('The patch condition must be text such as "from c where c.x = 1".');
  }
  return refuseBadQueries(() => {
    const query = compileQuery(parseQuery(`SELECT * ${condition}`), new Map(), now);
    return Array.from(query.run([{ number: 1, document }])).length > 0;
  });
}

/** A place in the document: its parent, and the last part of its path. */
interface Place {
  readonly path: string;
  readonly parent: Json[] | JsonObject;
  readonly key: string;
}

function findPlace(document: JsonObject, path: Json | undefined, keyPaths: readonly (readonly string[])[]): Place {
  if (typeof path !== 'string' || !path.startsWith('/')) {
    throw badRequest(`The path ${JSON.stringify(path)} does not start with "/".`);
  }
  const names = path
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (untouchable.has(names[0] ?? '')) throw badRequest(`${path} is a system property and cannot be patched.`);
  const isPartOfKey = (keyPath: readonly string[]) => names.every((name, index) => name === keyPath[index]);
  if (keyPaths.some(isPartOfKey)) throw badRequest(`${path} belongs to the partition key and cannot be patched.`);
  const parent = names.slice(0, -1).reduce<Json | undefined>(step, document);
  if (Array.isArray(parent) || isJsonObject(parent)) return { path, parent, key: names.at(-1) ?? '' };
  throw badRequest(`${path} has no parent: add that first.`);
}

const step = (value: Json | undefined, key: string): Json | undefined =>
  readProperty(value, Array.isArray(value) && /^\d+$/.test(key) ? Number(key) : key);

const read = ({ parent, key }: Place) => step(parent, key);

/** `most`: the largest index that is allowed. */
function toIndex({ path, parent, key }: Place, most: number): number {
  const index = key === '-' && Array.isArray(parent) ? parent.length : Number(/^\d+$/.test(key) ? key : Number.NaN);
  if (index <= most) return index;
  throw badRequest(`${path} names no place in the array: the last is ${most}.`);
}

function set(place: Place, value: Json): void {
  const { parent, key } = place;
  if (Array.isArray(parent)) parent[toIndex(place, key === '-' ? parent.length : parent.length - 1)] = value;
  else writeProperty(parent, key, value);
}

function add(place: Place, value: Json): void {
  const { parent, key } = place;
  if (Array.isArray(parent)) parent.splice(toIndex(place, parent.length), 0, value);
  else writeProperty(parent, key, value);
}

function remove(place: Place): void {
  requireExisting(place);
  const { parent, key } = place;
  if (Array.isArray(parent)) parent.splice(toIndex(place, parent.length - 1), 1);
  else delete parent[key];
}

function requireExisting(place: Place): Json {
  const value = read(place);
  if (value === undefined) throw badRequest(`${place.path} does not exist.`);
  return value;
}

function increment(place: Place, by: Json | undefined): void {
  const value = read(place) ?? (Array.isArray(place.parent) ? undefined : 0);
  if (typeof by !== 'number') throw badRequest(`incr needs a number as value, not ${JSON.stringify(by)}.`);
  if (typeof value !== 'number') throw badRequest(`${place.path} is not a number.`);
  set(place, value + by);
}

function applyOne(document: JsonObject, operation: Json, keyPaths: readonly (readonly string[])[]): void {
  if (!isJsonObject(operation)) throw badRequest('it must be an object with op and path.');
  const { path, from, value } = operation;
  const op = typeof operation['op'] === 'string' ? operation['op'] : '';
  const given = (): Json => {
    if (value === undefined) throw badRequest(`${op} needs a value.`);
    return value;
  };
  const place = findPlace(document, path, keyPaths);
  switch (op) {
    case 'add':
      return add(place, given());
    case 'set':
      return set(place, given());
    case 'replace':
      requireExisting(place);
      return set(place, given());
    case 'remove':
      return remove(place);
    case 'incr':
      return increment(place, value);
    case 'move': {
      const source = findPlace(document, from, keyPaths);
      const moved = requireExisting(source);
      if (place.path.startsWith(`${source.path}/`)) throw badRequest(`${source.path} cannot move into itself.`);
      remove(source);
      return add(place, moved);
    }
    default:
      throw badRequest(`op is ${JSON.stringify(operation['op'])}; known are add, set, replace, remove, incr and move.`);
  }
}
