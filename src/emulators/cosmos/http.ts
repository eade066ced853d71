import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { badRequest, CosmosError } from './errors.ts';
import { largestItem } from './item-operations.ts';
import type { Json } from './json.ts';

export interface CosmosRequest {
  readonly method: string;
  /** As sent. No operation has a query part: clients leave a "?" in an item's id unencoded. */
  readonly path: string;
  /** Decoded. */
  readonly segments: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  /** JSON text. */
  readonly body?: string;
}

export const json = (status: number, body: object, headers: Reply['headers'] = {}): Reply => ({
  status,
  headers,
  body: JSON.stringify(body),
});

export function readHeader({ headers }: CosmosRequest, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

export const isHeaderTrue = (request: CosmosRequest, name: string) =>
  readHeader(request, name)?.toLowerCase() === 'true';

/** @throws CosmosError 400 */
export function parseBody({ body }: CosmosRequest): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    throw badRequest('The request body is not valid JSON.');
  }
}

/** Leaves room for the envelope of a batch around the largest item. */
const largestBody = largestItem + 64 * 1024;

/** Reads all of the body even if it is too large, so that the client sees the answer. */
async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= largestBody) chunks.push(chunk);
  }
  if (size <= largestBody) return Buffer.concat(chunks).toString();
  throw new CosmosError(413, `The request body of ${size} bytes is larger than ${largestBody}.`);
}

/** @throws CosmosError 400 or 413 */
export async function readRequest(message: IncomingMessage): Promise<CosmosRequest> {
  const path = message.url ?? '/';
  const body = await readBody(message);
  let segments: string[];
  try {
    segments = path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    throw badRequest(`The path ${path} is not encoded well.`);
  }
  return { method: message.method ?? 'GET', path, segments, headers: message.headers, body };
}

export function toErrorReply(error: unknown): Reply {
  const known = error instanceof CosmosError ? error : new CosmosError(500, `Unexpected: ${String(error)}`);
  return json(known.status, { code: known.code, message: known.message }, { 'x-ms-substatus': known.substatus });
}

export function sendReply(
  response: ServerResponse,
  { status, headers = {}, body = '' }: Reply,
  activityId: string,
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-ms-activity-id': activityId,
    'x-ms-request-charge': '1',
    'x-ms-version': '2020-07-15',
    ...headers,
    ...(status === 204 || status === 304 ? {} : { 'content-length': Buffer.byteLength(body) }),
  });
  response.end(status === 204 || status === 304 ? undefined : body);
}
