import type { Container } from './catalog.ts';
import { badRequest, CosmosError, resourceNotFound } from './errors.ts';
import type { ItemStore, StoredItem } from './item-store.ts';
import { isDeeperThan, isJsonObject, type Json, type JsonObject } from './json.ts';
import { computePartitionKey } from './partition-key.ts';
import { applyPatch } from './patch.ts';

/** One thing done to one item, whether asked for alone or in a batch. */
export type ItemOperation = {
  /** Canonical text of the partition key the client named. */
  readonly pk: string;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
} & (
  | { readonly kind: 'create' | 'upsert'; readonly document: Json }
  | { readonly kind: 'replace'; readonly id: string; readonly document: Json }
  | { readonly kind: 'patch'; readonly id: string; readonly patch: Json }
  | { readonly kind: 'read' | 'delete'; readonly id: string }
);

export interface ItemResult {
  readonly status: 200 | 201 | 204 | 304;
  /** Missing after a delete. */
  readonly item?: StoredItem;
}

/** In bytes of its JSON (service limits, "Per-item limits"). */
export const largestItem = 2 * 1024 * 1024;
const deepestItem = 128;
const longestId = 1023;

/** Tells the client that its idea of the container's partition key is out of date. */
const partitionKeyMismatch = 1001;

function checkId(id: Json | undefined): asserts id is string {
  if (typeof id === 'string' && id !== '' && Buffer.byteLength(id) <= longestId && !/[/\\#]/.test(id)) return;
  throw badRequest(
    `The id ${JSON.stringify(id)} must be a string of 1 to ${longestId} bytes without any of / \\ # in it.`,
  );
}

function checkTtl(ttl: Json | undefined): void {
  if (ttl === undefined || ttl === -1 || (Number.isInteger(ttl) && Number(ttl) > 0 && Number(ttl) < 2 ** 31)) return;
  throw badRequest(`The ttl ${JSON.stringify(ttl)} must be a positive whole number of seconds, or -1 for never.`);
}

interface CheckedDocument extends JsonObject {
  id: string;
}

function checkDocument(container: Container, pk: string, document: Json): CheckedDocument {
  if (!isJsonObject(document)) throw badRequest('The item must be a JSON object.');
  const { id, ttl } = document;
  checkId(id);
  checkTtl(ttl);
  if (isDeeperThan(document, deepestItem)) throw badRequest(`The item is nested more than ${deepestItem} levels deep.`);
  if (Buffer.byteLength(JSON.stringify(document)) > largestItem) {
    throw new CosmosError(413, `The item "${id}" is larger than ${largestItem} bytes.`);
  }
  const own = computePartitionKey(document, container.keyPaths);
  if (own !== pk) {
    const message = `The item "${id}" has the partition key ${own}, but the request names ${pk}.`;
    throw badRequest(message, partitionKeyMismatch);
  }
  return { ...document, id };
}

const matches = (condition: string, item: StoredItem) => condition === '*' || condition === item.etag;

function checkConditions({ ifMatch, ifNoneMatch }: ItemOperation, item: StoredItem): void {
  if (ifMatch !== undefined && !matches(ifMatch, item)) {
    throw new CosmosError(412, `The item's _etag is ${item.etag}, not ${ifMatch}: read it again before writing.`);
  }
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, item)) {
    throw new CosmosError(412, `The item exists with the _etag ${item.etag}.`);
  }
}

/**
 * Carries the operation out; anything but a read must run in a transaction.
 * @throws CosmosError 400, 404, 409, 412 or 413
 */
export function applyOperation(
  items: ItemStore,
  container: Container,
  operation: ItemOperation,
  now: number,
): ItemResult {
  const { pk } = operation;
  const find = (id: string): StoredItem => {
    const item = items.find(container, { pk, id });
    if (item) return item;
    throw resourceNotFound(`The item "${id}" with the partition key ${pk}`);
  };
  switch (operation.kind) {
    case 'create': {
      const document = checkDocument(container, pk, operation.document);
      if (items.find(container, { pk, id: document.id })) {
        throw new CosmosError(409, `An item "${document.id}" with the partition key ${pk} exists already.`);
      }
      return { status: 201, item: items.put(container, { pk, id: document.id }, document) };
    }
    case 'upsert': {
      const document = checkDocument(container, pk, operation.document);
      const previous = items.find(container, { pk, id: document.id });
      // If-Match does not keep an upsert from creating: it only guards what it would replace.
      if (previous) checkConditions(operation, previous);
      return { status: previous ? 200 : 201, item: items.put(container, { pk, id: document.id }, document, previous) };
    }
    case 'replace': {
      const previous = find(operation.id);
      checkConditions(operation, previous);
      const document = checkDocument(container, pk, operation.document);
      if (document.id !== operation.id) {
        throw badRequest(`The item is "${operation.id}", but its replacement has the id "${document.id}".`);
      }
      return { status: 200, item: items.put(container, { pk, id: document.id }, document, previous) };
    }
    case 'patch': {
      const previous = find(operation.id);
      checkConditions(operation, previous);
      const patched = applyPatch(JSON.parse(previous.body) as JsonObject, operation.patch, container.keyPaths, now);
      const document = checkDocument(container, pk, patched);
      return { status: 200, item: items.put(container, { pk, id: document.id }, document, previous) };
    }
    case 'read': {
      const item = find(operation.id);
      const known = operation.ifNoneMatch !== undefined && matches(operation.ifNoneMatch, item);
      return { status: known ? 304 : 200, item };
    }
    case 'delete': {
      const item = find(operation.id);
      checkConditions(operation, item);
      items.remove(item);
      return { status: 204 };
    }
  }
}
