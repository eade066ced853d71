import { request as httpRequest, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Invocation, InvocationResult, Invoke } from '../worker/contract.ts';
import { hasBody, streamBody } from './read-body.ts';

interface StreamOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly streamUri: string;
  readonly bodyLimit: number;
  readonly invocation: Invocation;
  readonly invoke: Invoke;
}

/** Between two hops only (RFC 9110, 7.6.1), or ours, or carried otherwise. */
const hopHeaders = new Set([
  'connection',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'x-ms-invocation-id',
]);

const endToEnd = (headers: NodeJS.Dict<string[]>) =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, values]) => (values && !hopHeaders.has(name) ? [[name, values]] : [])),
  );

function connectToApp({ request, streamUri, invocation }: StreamOptions): ClientRequest {
  return httpRequest(new URL(streamUri), {
    // Used once: a kept connection may be closed by the app's side in the very moment it is used again.
    agent: false,
    method: request.method,
    path: request.url,
    headers: {
      ...endToEnd(request.headersDistinct),
      // Or else the app's side closes it behind an answer that it gives before it has the whole body, which may get lost so.
      connection: 'keep-alive',
      'x-ms-invocation-id': invocation.invocationId,
      'x-forwarded-host': request.headers.host ?? new URL(invocation.http?.url ?? streamUri).host,
      'x-forwarded-proto': 'http',
      ...(request.headers['transfer-encoding'] !== undefined && { 'transfer-encoding': 'chunked' }),
    },
  });
}

/**
 * Runs an HTTP function whose app takes bodies as streams: the invocation goes to the app's thread as ever, the bodies go
 * over the HTTP port that the library opened there. When the client goes away, the app's streams break off.
 *
 * @returns the result where the caller has to answer: the function failed, or returned nothing.
 * @throws BodyTooLargeError where nothing was answered yet.
 */
export function streamThroughApp(options: StreamOptions): Promise<InvocationResult | undefined> {
  const { request, response, bodyLimit, invocation, invoke } = options;
  const upstream = connectToApp(options);
  const outcome = Promise.withResolvers<InvocationResult | undefined>();
  const answered = Promise.withResolvers<void>();

  upstream.once('response', (answer) => {
    response.setHeaders(new Map(Object.entries(endToEnd(answer.headersDistinct))));
    response.writeHead(answer.statusCode ?? 502);
    pipeline(answer, response).catch(() => response.destroy());
  });
  upstream.once('error', (error) => {
    // Broken off below, because the client is gone.
    if (response.destroyed) outcome.resolve(undefined);
    else outcome.reject(error);
  });
  upstream.once('close', answered.resolve);
  response.once('close', () => upstream.destroy());
  if (hasBody(request)) {
    // When it fails otherwise, one side has closed its end, which it may do before it has seen the whole body.
    pipeline(streamBody(request, bodyLimit, outcome.reject), upstream).catch(() => {});
  } else {
    upstream.end();
  }

  const run = async () => {
    const result = await invoke(invocation);
    if (result.ok && result.http === 'streamed') {
      await answered.promise;
      return outcome.resolve(undefined);
    }
    outcome.resolve(response.headersSent ? undefined : result);
    if (response.headersSent) response.destroy();
    upstream.destroy();
  };
  run().catch(outcome.reject);
  return outcome.promise;
}
