import type { HttpMethod, HttpRequest, InvocationContext } from '@azure/functions';
import type { z } from 'zod';
import type { DurableInstances } from '../azure/durable-instances.ts';
import type { Caller } from './caller.ts';
import { checked, Problem } from './problem.ts';
import { readBody } from './read-body.ts';
import type { EndpointName } from './roles.ts';

export interface EndpointCall {
  readonly request: HttpRequest;
  /** Has the role that the endpoint needs. */
  readonly caller: Caller;
  /** What can be read of them holds nothing sensitive. */
  readonly instances: DurableInstances;
  /** As the engine has them: for what never leaves the app, and for those who may see everything. */
  readonly unredacted: DurableInstances;
  /** Taken from the query's `correlationId` or `X-Correlation-Id`, or new; it is on the answer too. */
  readonly correlationId: string;
  /** The trace that the request is part of (W3C Trace Context), to be handed on to what it starts. */
  readonly traceparent: string | undefined;
  readonly log: InvocationContext;
}

export interface EndpointReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly jsonBody?: unknown;
  readonly body?: string | Uint8Array;
}

/** A body that is not JSON: its media types, none for no body at all. */
export interface OtherContent {
  readonly mediaTypes: readonly string[];
}

export const noContent: OtherContent = { mediaTypes: [] };
export const eventStream: OtherContent = { mediaTypes: ['text/event-stream'] };

/** What a client has to know of an endpoint. The handler checks what it gets by the same schemas. */
export interface EndpointDescription {
  readonly name: EndpointName;
  readonly method: HttpMethod;
  /** Under the route prefix of host.json, `api`. */
  readonly route: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType | OtherContent;
  /** By status; every other one has a problem document. */
  readonly answers: Readonly<Record<number, z.ZodType | OtherContent>>;
}

export interface Endpoint extends EndpointDescription {
  readonly handle: (call: EndpointCall) => Promise<EndpointReply>;
}

/** Stands around the answering of a request, which is told the trace that it is part of. */
export type ObserveRequest = (
  received: { readonly request: HttpRequest; readonly context: InvocationContext; readonly route: string },
  answer: (traceparent: string | undefined) => Promise<EndpointReply>,
) => Promise<EndpointReply>;

export function routeParameter(request: HttpRequest, name: string): string {
  const value = request.params[name];
  if (value === undefined) throw new Problem(404, 'not_found', `The path lacks its ${name}.`);
  return value;
}

/** Function keys may stand in any query, in capitals or not. */
const keyNames: ReadonlySet<string> = new Set(['code', 'clientid']);

/** An empty value asks for nothing: a form sends its fields also where they are left empty. @throws Problem `invalid` */
export function checkedQuery<S extends z.ZodRawShape>(schema: z.ZodObject<S>, { request }: EndpointCall) {
  const asked = [...request.query].filter(([name, value]) => value !== '' && !keyNames.has(name.toLowerCase()));
  return checked(schema.strict(), Object.fromEntries(asked), 'The query');
}

/** @throws Problem `too_large`, `invalid_json`, `invalid` */
export const checkedBody = async <T>(schema: z.ZodType<T>, { request }: EndpointCall, what = 'The body'): Promise<T> =>
  checked(schema, await jsonBody(request), what);

/** Well over what a person or a program has to say. */
const mostJsonBytes = 10 * 1024 * 1024;

async function jsonBody(request: HttpRequest): Promise<unknown> {
  const body = await readBody(request, mostJsonBytes, 'put what is large into storage, and send where it is');
  const text = new TextDecoder().decode(body);
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem(
      400,
      'invalid_json',
      `The body is not valid JSON (${String(error)}): send JSON with content-type application/json.`,
    );
  }
}

/** Where the saga of an instance can be seen. */
export const statusUrlOf = (request: HttpRequest, instanceId: string): string =>
  new URL(`/api/sagas/${encodeURIComponent(instanceId)}`, request.url).href;
