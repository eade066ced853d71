import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpRequestData, HttpResponseData, Invocation, InvocationResult, Invoke } from '../worker/contract.ts';
import { answer } from './http-server.ts';
import type { MatchedRoute } from './http-routes.ts';
import { hasBody, readBody } from './read-body.ts';
import { formatSetCookie } from './set-cookie.ts';
import { streamThroughApp } from './stream-through-app.ts';

export interface ServeFunctionOptions {
  readonly invoke: Invoke;
  /** Where the app takes requests as streams, if it does. */
  readonly httpStreamUri: () => string | undefined;
  readonly newId: () => string;
  /** Bytes. */
  readonly bodyLimit: number;
}

function joinHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values = []]) => [
      name,
      values.join(name === 'cookie' ? '; ' : ', '),
    ]),
  );
}

export function absoluteUrl(request: IncomingMessage): string {
  const { localAddress, localPort } = request.socket;
  return `http://${request.headers.host ?? `${localAddress}:${localPort}`}${request.url}`;
}

const traceParentForm = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

function traceParentOf(request: IncomingMessage, newId: () => string): string {
  const given = request.headersDistinct['traceparent']?.[0];
  if (given !== undefined && traceParentForm.test(given)) return given;
  const hex = () => newId().replaceAll('-', '').toLowerCase();
  return `00-${hex().padEnd(32, '0').slice(0, 32)}-${hex().padEnd(16, '0').slice(0, 16)}-00`;
}

function answerWith(response: ServerResponse, http: HttpResponseData): void {
  const { 'transfer-encoding': _encoding, connection: _connection, ...headers } = http.headers;
  const cookies = http.cookies.map(formatSetCookie);
  answer(response, http.status, http.body, { ...headers, ...(cookies.length > 0 && { 'set-cookie': cookies }) });
}

/** As Functions does: 500 without a body for a function that threw, 204 for one that returned nothing. */
function answerResult(response: ServerResponse, result: InvocationResult): void {
  if (response.destroyed) return;
  if (!result.ok) return answer(response, 500);
  if (typeof result.http === 'object') return answerWith(response, result.http);
  answer(response, 204);
}

/** Answers a request with what the function of its route makes of it. */
export function createFunctionServer({ invoke, httpStreamUri, newId, bodyLimit }: ServeFunctionOptions) {
  return async (request: IncomingMessage, response: ServerResponse, route: MatchedRoute): Promise<void> => {
    const url = absoluteUrl(request);
    if (!URL.canParse(url)) return answer(response, 400);
    const streamUri = httpStreamUri();
    const body = streamUri === undefined && hasBody(request) ? await readBody(request, bodyLimit) : undefined;
    const http: HttpRequestData = {
      method: request.method ?? 'GET',
      url,
      headers: joinHeaders(request),
      params: route.params,
      ...(body && { body }),
    };
    const invocation: Invocation = {
      functionName: route.functionName,
      invocationId: newId(),
      inputs: new Map(),
      traceParent: traceParentOf(request, newId),
      http,
    };
    const result =
      streamUri === undefined
        ? await invoke(invocation)
        : await streamThroughApp({ request, response, streamUri, bodyLimit, invocation, invoke });
    if (result) answerResult(response, result);
  };
}
