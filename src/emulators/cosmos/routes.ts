import { describeAccount } from './account.ts';
import type { Container, Resource } from './catalog.ts';
import { checkContainer, checkDatabase } from './container-definition.ts';
import { badRequest, CosmosError, resourceNotFound } from './errors.ts';
import { answerFeed, isQuery, toFeedList } from './feed.ts';
import { type CosmosRequest, json, parseBody, readHeader, type Reply } from './http.ts';
import { answerItemRequest, deletePartition } from './item-routes.ts';
import { isJsonObject, type JsonObject, readProperty } from './json.ts';
import type { Offer } from './offers.ts';
import { parsePropertyPath } from './partition-key.ts';
import type { CosmosService } from './service.ts';

const toReply = (status: number, { body }: Resource | Offer): Reply => json(status, body, { etag: body._etag });

function parseObject(request: CosmosRequest): JsonObject {
  const body = parseBody(request);
  if (isJsonObject(body)) return body;
  throw badRequest('The request body must be a JSON object.');
}

const refuseMethod = ({ method, path }: CosmosRequest) => new CosmosError(405, `${method} is not possible on ${path}.`);

const isListing = (request: CosmosRequest) => request.method === 'GET' || isQuery(request);

function checkThroughput(value: unknown): number {
  const throughput = Number(value);
  if (Number.isInteger(throughput) && throughput > 0) return throughput;
  throw badRequest(`The throughput ${JSON.stringify(value)} must be a positive whole number of request units.`);
}

/** The throughput asked for, as it stands in an offer; this server grants any and limits nothing. */
function readThroughput(request: CosmosRequest): JsonObject | undefined {
  const manual = readHeader(request, 'x-ms-offer-throughput');
  if (manual !== undefined) return { offerThroughput: checkThroughput(manual) };
  const autoscale = readHeader(request, 'x-ms-cosmos-offer-autopilot-settings');
  if (autoscale === undefined) return undefined;
  const settings = parseBody({ ...request, body: autoscale });
  return {
    offerThroughput: checkThroughput(readProperty(settings, 'maxThroughput')) / 10,
    offerAutopilotSettings: settings,
  };
}

async function answerDatabases(request: CosmosRequest, service: CosmosService): Promise<Reply> {
  const { catalog, clock, offers, write, now } = service;
  if (isListing(request)) {
    const list = toFeedList(catalog.listDatabases().map(({ body }) => body));
    return answerFeed(request, { name: 'Databases', rid: '', list }, now());
  }
  if (request.method !== 'POST') throw refuseMethod(request);
  const definition = checkDatabase(parseObject(request));
  const throughput = readThroughput(request);
  const created = await write(() => {
    const database = catalog.createDatabase(definition, clock.advance());
    if (throughput) offers.create({ database }, throughput, clock.advance());
    return database;
  });
  return toReply(201, created);
}

async function answerDatabase(
  request: CosmosRequest,
  { catalog, write }: CosmosService,
  database: Resource,
): Promise<Reply> {
  switch (request.method) {
    case 'GET':
      return toReply(200, database);
    case 'DELETE':
      await write(() => catalog.deleteDatabase(database));
      return { status: 204 };
    default:
      throw refuseMethod(request);
  }
}

async function answerContainers(request: CosmosRequest, service: CosmosService, database: Resource): Promise<Reply> {
  const { catalog, clock, offers, write, now } = service;
  if (isListing(request)) {
    const list = toFeedList(catalog.listContainers(database).map(({ body }) => body));
    return answerFeed(request, { name: 'DocumentCollections', rid: database.rid, list }, now());
  }
  if (request.method !== 'POST') throw refuseMethod(request);
  const definition = checkContainer(parseObject(request));
  const throughput = readThroughput(request) ?? { offerThroughput: 400 };
  const created = await write(() => {
    const container = catalog.createContainer(database.id, definition, clock.advance());
    offers.create({ database, container }, throughput, clock.advance());
    return container;
  });
  return toReply(201, created);
}

async function replaceContainer(request: CosmosRequest, service: CosmosService, container: Container): Promise<Reply> {
  const { catalog, clock, items, write } = service;
  const definition = checkContainer(parseObject(request));
  if (definition.id !== container.id) throw badRequest(`The container is "${container.id}"; its id cannot change.`);
  if (JSON.stringify(definition.partitionKey.paths.map(parsePropertyPath)) !== JSON.stringify(container.keyPaths)) {
    throw badRequest('The partition key of a container cannot change.');
  }
  const replaced = await write(() => {
    const next = catalog.replaceContainer(catalog.refresh(container), definition, clock.advance());
    items.reschedule(next);
    return next;
  });
  return toReply(200, replaced);
}

async function answerContainer(request: CosmosRequest, service: CosmosService, container: Container): Promise<Reply> {
  switch (request.method) {
    case 'GET':
      return toReply(200, container);
    case 'PUT':
      return replaceContainer(request, service, container);
    case 'DELETE':
      await service.write(() => service.catalog.deleteContainer(container));
      return { status: 204 };
    default:
      throw refuseMethod(request);
  }
}

/** All keys live in one range. */
function answerKeyRanges(request: CosmosRequest, { now }: CosmosService, { rid, self }: Container): Reply {
  const range = {
    id: '0',
    _rid: rid,
    minInclusive: '',
    maxExclusive: 'FF',
    status: 'online',
    parents: [],
    _self: `${self}pkranges/0/`,
  };
  return answerFeed(request, { name: 'PartitionKeyRanges', rid, list: toFeedList([range]) }, now());
}

async function answerOffers(request: CosmosRequest, service: CosmosService, id: string | undefined): Promise<Reply> {
  const { clock, offers, write, now } = service;
  if (id === undefined) {
    if (!isListing(request)) throw refuseMethod(request);
    return answerFeed(
      request,
      { name: 'Offers', rid: '', list: toFeedList(offers.list().map(({ body }) => body)) },
      now(),
    );
  }
  const offer = offers.list().find((each) => each.id === id);
  if (!offer) throw resourceNotFound(`The offer "${id}"`);
  if (request.method === 'GET') return toReply(200, offer);
  if (request.method !== 'PUT') throw refuseMethod(request);
  const { content } = parseObject(request);
  if (!isJsonObject(content)) throw badRequest('The offer needs "content" with the throughput.');
  return toReply(200, await write(() => offers.replace(offer, content, clock.advance())));
}

/** @throws CosmosError, which becomes the answer */
export async function answerRequest(request: CosmosRequest, service: CosmosService, endpoint: string): Promise<Reply> {
  const [root, databaseId, colls, containerId, kind, id, ...rest] = request.segments;
  if (root === undefined) return json(200, describeAccount(endpoint));
  if (root === 'offers' && colls === undefined) return answerOffers(request, service, databaseId);
  const unsupported = badRequest(`${request.path} is not supported by this server.`);
  if (root !== 'dbs' || rest.length > 0) throw unsupported;
  if (databaseId === undefined) return answerDatabases(request, service);
  if (colls === undefined) return answerDatabase(request, service, service.catalog.getDatabase(databaseId));
  if (colls !== 'colls') throw unsupported;
  if (containerId === undefined) return answerContainers(request, service, service.catalog.getDatabase(databaseId));
  const container = service.catalog.getContainer(databaseId, containerId);
  if (kind === undefined) return answerContainer(request, service, container);
  if (kind === 'docs') return answerItemRequest(request, service, container, id);
  if (kind === 'pkranges' && id === undefined) return answerKeyRanges(request, service, container);
  if (kind === 'operations' && id === 'partitionkeydelete') return deletePartition(request, service, container);
  throw unsupported;
}
