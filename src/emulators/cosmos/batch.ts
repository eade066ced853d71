import type { Container } from './catalog.ts';
import { badRequest, CosmosError } from './errors.ts';
import type { ItemOperation, ItemResult } from './item-operations.ts';
import { isJsonObject, type Json } from './json.ts';
import { parsePartitionKey } from './partition-key.ts';

const mostOperations = 100;

export interface BatchRequest {
  readonly body: Json;
  readonly container: Container;
  /** Canonical text of the one key of an atomic batch; undefined when every operation names its own. */
  readonly pk: string | undefined;
  readonly isAtomic: boolean;
  readonly continueOnError: boolean;
  readonly withContent: boolean;
}

export interface BatchResponse {
  readonly status: 200 | 207;
  /** A JSON array with one result for each operation. */
  readonly body: string;
  readonly hasFailed: boolean;
}

const kinds = {
  Create: 'create',
  Upsert: 'upsert',
  Replace: 'replace',
  Patch: 'patch',
  Read: 'read',
  Delete: 'delete',
} as const;

function parseOperation(operation: Json, index: number, { container, pk }: BatchRequest): ItemOperation {
  const refuse = (why: string) => badRequest(`Batch operation ${index + 1}: ${why}`);
  if (!isJsonObject(operation)) throw refuse('it must be an object.');
  const { operationType, id, resourceBody = null, partitionKey, ifMatch, ifNoneMatch } = operation;
  const kind = Object.entries(kinds).find(([name]) => name === operationType)?.[1];
  if (kind === undefined) {
    throw refuse(`operationType is ${JSON.stringify(operationType)}; known are ${Object.keys(kinds).join(', ')}.`);
  }
  const paths = container.keyPaths.length;
  const own =
    typeof partitionKey === 'string'
      ? JSON.stringify(parsePartitionKey(partitionKey, { least: paths, most: paths }))
      : undefined;
  const key = pk ?? own;
  if (key === undefined) throw refuse('partitionKey is missing.');
  if (own !== undefined && own !== key) throw refuse(`its partition key ${own} is not that of the batch, ${key}.`);
  const common = {
    pk: key,
    ifMatch: typeof ifMatch === 'string' ? ifMatch : undefined,
    ifNoneMatch: typeof ifNoneMatch === 'string' ? ifNoneMatch : undefined,
  };
  if (kind === 'create' || kind === 'upsert') return { ...common, kind, document: resourceBody };
  if (typeof id !== 'string') throw refuse(`${kind} needs an id.`);
  switch (kind) {
    case 'replace':
      return { ...common, kind, id, document: resourceBody };
    case 'patch':
      return { ...common, kind, id, patch: resourceBody };
    case 'read':
    case 'delete':
      return { ...common, kind, id };
  }
}

const writeFailure = ({ status, substatus, message }: CosmosError) =>
  JSON.stringify({ statusCode: status, subStatusCode: substatus, requestCharge: 0, message });

const dependency = new CosmosError(424, 'Not carried out because another operation of the batch failed.');

function writeResult({ status, item }: ItemResult, withContent: boolean): string {
  const head = { statusCode: status, requestCharge: 1, ...(item && { eTag: item.etag }) };
  if (!item || !withContent || status === 304) return JSON.stringify(head);
  return `${JSON.stringify(head).slice(0, -1)},"resourceBody":${item.body}}`;
}

/**
 * Applies the operations in order. In an atomic batch the first failure turns all other results into 424, and the
 * caller has to undo what was written: `hasFailed` says so.
 * @throws CosmosError 400 when the batch itself is malformed
 */
export function runBatch(request: BatchRequest, apply: (operation: ItemOperation) => ItemResult): BatchResponse {
  const { body, isAtomic, continueOnError, withContent } = request;
  if (!Array.isArray(body) || body.length === 0 || body.length > mostOperations) {
    throw badRequest(`A batch is an array of 1 to ${mostOperations} operations.`);
  }
  const operations = body.map((operation, index) => parseOperation(operation, index, request));
  const results: string[] = [];
  let failedAt: number | undefined;
  for (const [index, operation] of operations.entries()) {
    if (failedAt !== undefined && (isAtomic || !continueOnError)) {
      results.push(writeFailure(dependency));
      continue;
    }
    try {
      results.push(writeResult(apply(operation), withContent));
    } catch (error) {
      if (!(error instanceof CosmosError)) throw error;
      results.push(writeFailure(error));
      failedAt ??= index;
    }
  }
  if (isAtomic && failedAt !== undefined) results.fill(writeFailure(dependency), 0, failedAt);
  const hasFailed = failedAt !== undefined;
  return { status: hasFailed ? 207 : 200, body: `[${results.join(',')}]`, hasFailed };
}
