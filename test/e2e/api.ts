import { expectDescribed } from './contract.ts';
import type { AcceptedDocument } from '../../src/intake/intake.ts';
import type { DocumentRecord } from '../../src/documents/document-record.ts';
import type { SagaView } from '../../src/ops/saga-view.ts';

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** A problem document (RFC 9457). */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  readonly correlationId: string;
}

export type Accepted = AcceptedDocument & { readonly statusUrl: string };

/** What a client of the program does, over HTTP. */
export interface Api {
  send<T = unknown>(path: string, init?: RequestInit & { readonly duplex?: 'half' }): Promise<Answer<T>>;
  get<T>(path: string): Promise<Answer<T>>;
  post<T = unknown>(path: string, body: unknown): Promise<Answer<T>>;
  /** Posts a file as the raw body and expects it to be taken. */
  upload(name: string, content: Uint8Array, headers?: Readonly<Record<string, string>>): Promise<Accepted>;
  saga(instanceId: string): Promise<SagaView>;
  record(documentId: string): Promise<DocumentRecord>;
  /** Asks again until it is so. */
  untilSaga(instanceId: string, isSo: (saga: SagaView) => boolean, patienceMs?: number): Promise<SagaView>;
  untilRecord(documentId: string, isSo: (record: DocumentRecord) => boolean): Promise<DocumentRecord>;
}

/** @param own headers that every request bears */
export function createApi(baseUrl: string, own: Readonly<Record<string, string>> = {}): Api {
  const send = async <T>(path: string, init: RequestInit = {}): Promise<Answer<T>> => {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(own)) headers.set(name, value);
    const response = await fetch(new URL(path, baseUrl), { ...init, headers });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const { status, url } = response;
    const body = (isJson ? JSON.parse(text) : text) as T;
    const { pathname } = new URL(url);
    const contentType = response.headers.get('content-type');
    // A path of OpenAPI cannot say that a parameter takes all that follows, as the console's does.
    if (pathname.startsWith('/api/') && !pathname.startsWith('/api/console')) {
      await expectDescribed(baseUrl, { method: init.method ?? 'GET', path: pathname, status, contentType, body });
    }
    return { status, headers: response.headers, body };
  };
  const get: Api['get'] = (path) => send(path);
  const saga = async (id: string) => taken(await get<SagaView>(`/api/sagas/${id}`), 200);
  const record = async (id: string) => taken(await get<DocumentRecord>(`/api/documents/${id}`), 200);
  return {
    send,
    get,
    post: (path, body) =>
      send(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    async upload(name, content, headers = {}) {
      const path = `/api/documents?name=${encodeURIComponent(name)}`;
      return taken(await send<Accepted>(path, { method: 'POST', headers, body: Buffer.from(content) }), 202);
    },
    saga,
    record,
    untilSaga: (id, isSo, patienceMs) => until(`saga ${id}`, () => saga(id), isSo, patienceMs),
    untilRecord: (id, isSo) => until(`record ${id}`, () => record(id), isSo),
  };
}

function taken<T>({ status, body }: Answer<T>, expected: number): T {
  if (status === expected) return body;
  throw new Error(`expected ${expected}, got ${status}: ${JSON.stringify(body)}`);
}

/**
 * Asks again and again until the answer is as wanted; an error counts as no answer yet.
 * @throws Error with the last answer when patience ends
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  isSo: (answer: T) => boolean,
  patienceMs = 50_000,
): Promise<T> {
  const end = Date.now() + patienceMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (isSo(answer)) return answer;
      last = answer;
    } catch (error) {
      last = String(error);
    }
    if (Date.now() > end) throw new Error(`${what} did not become as expected; last seen: ${JSON.stringify(last)}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
