import { runBatch } from './batch.ts';
import type { Container } from './catalog.ts';
import { answerChangeFeed, isChangeFeed } from './change-feed.ts';
import { computeEffectivePartitionKey } from './effective-partition-key.ts';
import { badRequest, CosmosError } from './errors.ts';
import { answerFeed, answerQueryPlan, isQuery } from './feed.ts';
import { type CosmosRequest, isHeaderTrue, parseBody, readHeader, type Reply } from './http.ts';
import { applyOperation, type ItemOperation, type ItemResult } from './item-operations.ts';
import type { Json } from './json.ts';
import { computePartitionFilter, parsePartitionKey, type PartitionFilter } from './partition-key.ts';
import type { CosmosService } from './service.ts';

const keyHeader = 'x-ms-documentdb-partitionkey';

/** The one full key that a point operation names. */
function readPartitionKey(request: CosmosRequest, { keyPaths }: Container): string {
  const text = readHeader(request, keyHeader);
  if (text === undefined) throw badRequest(`The header ${keyHeader} is missing.`);
  return JSON.stringify(parsePartitionKey(text, { least: keyPaths.length, most: keyPaths.length }));
}

function readFilter(request: CosmosRequest, { keyPaths }: Container): PartitionFilter | undefined {
  const text = readHeader(request, keyHeader);
  if (text === undefined) return undefined;
  return computePartitionFilter(parsePartitionKey(text, { least: 1, most: keyPaths.length }), keyPaths.length);
}

/** A range of key hashes, which clients ask for to read all items below the prefix of a hierarchical key. */
function readHashRange(request: CosmosRequest, { isHierarchical }: Container): (pk: string) => boolean {
  const [from, to] = [readHeader(request, 'x-ms-start-epk') ?? '', readHeader(request, 'x-ms-end-epk') ?? 'FF'];
  if (from === '' && to === 'FF') return () => true;
  if (!isHierarchical) {
    throw badRequest('Parts of the key range are supported for hierarchical partition keys only.');
  }
  return (pk) => {
    const hash = computeEffectivePartitionKey(JSON.parse(pk) as Json[]);
    return hash >= from && hash < to;
  };
}

/** Lets clients see their own writes, which this server always does. */
const describeSession = ({ clock }: CosmosService, container: Container): Record<string, string> => ({
  'x-ms-session-token': `0:-1#${clock.currentLsn()}`,
  'x-ms-content-path': container.rid,
});

const withHeaders = (reply: Reply, headers: Record<string, string>): Reply => ({
  ...reply,
  headers: { ...headers, ...reply.headers },
});

const toReply = ({ status, item }: ItemResult): Reply =>
  item ? { status, headers: { etag: item.etag }, body: item.body } : { status };

function parseOperation(request: CosmosRequest, container: Container, id: string | undefined): ItemOperation {
  const common = {
    pk: readPartitionKey(request, container),
    ifMatch: readHeader(request, 'if-match'),
    ifNoneMatch: readHeader(request, 'if-none-match'),
  };
  if (id === undefined) {
    const kind = isHeaderTrue(request, 'x-ms-documentdb-is-upsert') ? 'upsert' : 'create';
    return { ...common, kind, document: parseBody(request) };
  }
  switch (request.method) {
    case 'GET':
      return { ...common, kind: 'read', id };
    case 'PUT':
      return { ...common, kind: 'replace', id, document: parseBody(request) };
    case 'PATCH':
      return { ...common, kind: 'patch', id, patch: parseBody(request) };
    case 'DELETE':
      return { ...common, kind: 'delete', id };
    default:
      throw new CosmosError(405, `${request.method} is not possible on an item.`);
  }
}

async function answerOperation(service: CosmosService, container: Container, operation: ItemOperation): Promise<Reply> {
  const { catalog, items, now, write } = service;
  const apply = (target: Container) => applyOperation(items, target, operation, now());
  return toReply(operation.kind === 'read' ? apply(container) : await write(() => apply(catalog.refresh(container))));
}

async function answerBatch(request: CosmosRequest, service: CosmosService, container: Container): Promise<Reply> {
  const isAtomic = isHeaderTrue(request, 'x-ms-cosmos-batch-atomic');
  const batch = {
    body: parseBody(request),
    container,
    pk: isAtomic ? readPartitionKey(request, container) : undefined,
    isAtomic,
    continueOnError: readHeader(request, 'x-ms-cosmos-batch-continue-on-error')?.toLowerCase() !== 'false',
    withContent: readHeader(request, 'prefer') !== 'return=minimal',
  };
  const { catalog, items, now, write } = service;
  const { status, body } = await write(
    () => {
      const target = catalog.refresh(container);
      return runBatch(batch, (operation) => applyOperation(items, target, operation, now()));
    },
    ({ hasFailed }) => !(isAtomic && hasFailed),
  );
  return { status, body };
}

function answerItems(request: CosmosRequest, service: CosmosService, container: Container): Reply {
  const filter = readFilter(request, container);
  const isIncluded = readHashRange(request, container);
  if (isChangeFeed(request)) {
    return answerChangeFeed(request, service, container, { ...(filter && { filter }), includes: isIncluded });
  }
  return answerFeed(
    request,
    {
      name: 'Documents',
      rid: container.rid,
      *list(from) {
        for (const { n, pk, body } of service.items.scan(container, from, filter)) {
          if (isIncluded(pk)) yield { number: n, document: JSON.parse(body) as Json };
        }
      },
    },
    service.now(),
  );
}

async function answer(
  request: CosmosRequest,
  service: CosmosService,
  container: Container,
  id?: string,
): Promise<Reply> {
  if (id !== undefined) return answerOperation(service, container, parseOperation(request, container, id));
  if (request.method === 'GET') return answerItems(request, service, container);
  if (request.method !== 'POST') throw new CosmosError(405, `${request.method} is not possible on items.`);
  if (isHeaderTrue(request, 'x-ms-cosmos-is-query-plan-request')) return answerQueryPlan(request, service.now());
  if (isQuery(request)) return answerItems(request, service, container);
  if (isHeaderTrue(request, 'x-ms-cosmos-is-batch-request')) return answerBatch(request, service, container);
  return answerOperation(service, container, parseOperation(request, container, undefined));
}

/** `docs` and `docs/{id}` of a container. */
export async function answerItemRequest(
  request: CosmosRequest,
  service: CosmosService,
  container: Container,
  id?: string,
): Promise<Reply> {
  const reply = await answer(request, service, container, id);
  return withHeaders(reply, describeSession(service, container));
}

/** Removes every item under one partition key. */
export async function deletePartition(
  request: CosmosRequest,
  service: CosmosService,
  container: Container,
): Promise<Reply> {
  const pk = readPartitionKey(request, container);
  const filter = computePartitionFilter(JSON.parse(pk) as Json[], container.keyPaths.length);
  await service.write(() => service.items.removePartition(container, filter));
  return { status: 200, headers: describeSession(service, container) };
}
