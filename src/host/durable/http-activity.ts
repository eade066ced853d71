import type { InvocationResult } from '../worker/contract.ts';
import type { DurableHttpRequest, DurableHttpResponse } from './http-call.ts';

/** The extension waits as long for an answer. */
const timeoutMs = 240_000;

/** .NET counts these to the body, and callHttp answers none of them. */
const contentHeaders =
  /^(allow|expires|last-modified|content-(disposition|encoding|language|length|location|md5|range|type))$/;

/** Sends the request of a callHttp. Fails where there is no answer; any answer is a success. */
export async function runHttpActivity(fetch: typeof globalThis.fetch, input: string | null): Promise<InvocationResult> {
  try {
    const response = await send(fetch, JSON.parse(input ?? '{}') as DurableHttpRequest);
    return { ok: true, returnValue: { json: JSON.stringify(response) }, outputs: new Map() };
  } catch (error) {
    return { ok: false, exception: { message: describeFailure(error), stackTrace: '', source: '' } };
  }
}

async function send(fetch: typeof globalThis.fetch, request: DurableHttpRequest): Promise<DurableHttpResponse> {
  const { method, uri, content, tokenSource } = request;
  if (tokenSource !== undefined) {
    throw new Error(
      `The callHttp to ${uri} has a tokenSource, but here is no managed identity. Get the token in an activity and send it as a header.`,
    );
  }
  const response = await fetch(uri, {
    method,
    headers: renderRequestHeaders(request),
    ...(content !== undefined && { body: content }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { statusCode: response.status, headers: renderHeaders(response.headers), content: await response.text() };
}

function renderRequestHeaders({ headers: given, content }: DurableHttpRequest): Headers {
  const headers = new Headers(given);
  const type = headers.get('Content-Type');
  if (type?.includes('multipart')) throw new Error('Multipart content is not supported with CallHttpAsync.');
  if (content !== undefined && type === null) headers.set('Content-Type', 'text/plain');
  return headers;
}

function renderHeaders(headers: Headers): DurableHttpResponse['headers'] {
  const shown = [...headers].filter(([name]) => !contentHeaders.test(name) && name !== 'set-cookie');
  const cookies = headers.getSetCookie();
  return {
    ...Object.fromEntries(shown.map(([name, value]) => [capitalise(name), value])),
    ...(cookies.length > 0 && { 'Set-Cookie': cookies.length === 1 ? String(cookies[0]) : cookies }),
  };
}

/** As .NET writes the names it knows; fetch tells them in lower case. */
const capitalise = (name: string): string => name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

/** fetch says only that it failed; the cause says why. */
function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
