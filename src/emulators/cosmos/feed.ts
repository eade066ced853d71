import { badRequest } from './errors.ts';
import { type CosmosRequest, json, parseBody, readHeader, type Reply } from './http.ts';
import { isJsonObject, type Json, type JsonObject, readProperty } from './json.ts';
import { refuseBadQueries } from './query-refusal.ts';
import { type Continuation, readContinuation, writeContinuation } from './query/continuation.ts';
import { parseQuery } from './query/parse-query.ts';
import { type CompiledQuery, compileQuery, type NumberedDocument, readPage } from './query/run-query.ts';

const defaultPage = 1000;

/** A page is limited by its size in bytes in any case. */
export function readPageSize(request: CosmosRequest): number {
  const text = readHeader(request, 'x-ms-max-item-count');
  const most = Number(text ?? -1);
  if (!Number.isInteger(most) || most === 0 || most < -1) {
    throw badRequest(`x-ms-max-item-count is ${JSON.stringify(text)}; it must be a positive whole number, or -1.`);
  }
  return most === -1 ? defaultPage : most;
}

/** The feed as a query, too, so that both are paged alike. */
const wholeFeed = { query: 'SELECT * FROM root', parameters: [] };

function parseParameters(parameters: Json | undefined): Map<string, Json> {
  const values = new Map<string, Json>();
  for (const parameter of Array.isArray(parameters) ? parameters : []) {
    const name = readProperty(parameter, 'name');
    if (typeof name !== 'string') throw badRequest('Each query parameter must be an object with a name and a value.');
    const value = readProperty(parameter, 'value');
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

function compile(text: Json | undefined, parameters: Json | undefined, now: number): CompiledQuery {
  if (typeof text !== 'string') throw badRequest('The request body needs the query as text in "query".');
  return compileQuery(parseQuery(text), parseParameters(parameters), now);
}

function readResume(request: CosmosRequest): Continuation | undefined {
  const token = readHeader(request, 'x-ms-continuation');
  if (token === undefined) return undefined;
  const resume = readContinuation(token);
  if (resume) return resume;
  throw badRequest('x-ms-continuation is not a continuation token of this server.');
}

export const isQuery = (request: CosmosRequest) =>
  readHeader(request, 'x-ms-documentdb-isquery') !== undefined ||
  readHeader(request, 'content-type')?.startsWith('application/query+json') === true;

function compileRequest(request: CosmosRequest, now: number): CompiledQuery {
  const body = isQuery(request) ? parseBody(request) : wholeFeed;
  if (!isJsonObject(body)) throw badRequest('The request body must be an object with a query.');
  return compile(body['query'], body['parameters'], now);
}

export interface Feed {
  /** The name of the array in the answer. */
  readonly name: string;
  readonly rid: string;
  /** In ascending order, from the given number on. */
  readonly list: (from: number) => Iterable<NumberedDocument>;
  readonly headers?: Reply['headers'];
}

/** Answers a page of the feed, or of the query that the request asks of it. */
export function answerFeed(request: CosmosRequest, { name, rid, list, headers }: Feed, now: number): Reply {
  const most = readPageSize(request);
  const resume = readResume(request);
  const { values, continuation } = refuseBadQueries(() => {
    const query = compileRequest(request, now);
    return readPage(query, list(query.isStreaming && resume ? resume.after.document : 0), { most, resume });
  });
  return json(
    200,
    { _rid: rid, [name]: values, _count: values.length },
    {
      ...headers,
      'x-ms-item-count': values.length,
      ...(continuation && { 'x-ms-continuation': writeContinuation(continuation) }),
    },
  );
}

export const toFeedList = (bodies: readonly JsonObject[]) => (from: number) =>
  bodies.map((document, index) => ({ number: index + 1, document })).filter(({ number }) => number >= from);

/**
 * Checks the query and answers the plan of one that needs no work in the client: a single partition answers it whole.
 */
export function answerQueryPlan(request: CosmosRequest, now: number): Reply {
  refuseBadQueries(() => compileRequest(request, now));
  return json(200, {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: {
      distinctType: 'None',
      groupByExpressions: [],
      groupByAliases: [],
      orderBy: [],
      orderByExpressions: [],
      aggregates: [],
      groupByAliasToAggregateType: {},
      rewrittenQuery: '',
      hasSelectValue: false,
    },
    queryRanges: [{ min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false }],
  });
}
