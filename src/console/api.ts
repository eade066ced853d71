import type { FieldError } from '../http/problem.ts';

/** A request that was refused, in the words of the API. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly errors: readonly FieldError[];

  constructor(status: number, detail: string, errors: readonly FieldError[] = []) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }
}

/** Whatever went wrong, as something to show. */
export const asRefusal = (error: unknown): Refusal =>
  error instanceof Refusal ? error : new Refusal(0, String(error));

/** Dispatched on the window when the API wants a key. */
export const keyWanted = 'console:key-wanted';
const keyName = 'durable-saga.key';

/** The app has been asked with a key, so that a refusal is one of that key. */
export const isKeyKept = (): boolean => sessionStorage.getItem(keyName) !== null;

/** A function key, for apps that are not behind a sign-in; kept for this tab alone. */
export function keepKey(key: string): void {
  sessionStorage.setItem(keyName, key);
}

/** @throws Refusal for every answer that is not 2xx, and when there is none */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const key = sessionStorage.getItem(keyName);
  if (key !== null) headers.set('x-functions-key', key);
  const response = await fetch(path, { ...init, headers }).catch((error: unknown) => {
    if (init.signal?.aborted === true) throw error;
    throw new Refusal(0, 'The app does not answer. It may be stopped, or the network down.');
  });
  if (response.ok) return response;
  // The app says itself when nobody has signed in, against which no key helps.
  if (response.status === 401 && !isProblem(response)) window.dispatchEvent(new Event(keyWanted));
  throw await refusalOf(response);
}

interface ProblemDocument {
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
}

const isProblem = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('application/problem+json') === true;

async function refusalOf(response: Response): Promise<Refusal> {
  const { detail, errors } = isProblem(response) ? ((await response.json()) as ProblemDocument) : {};
  return new Refusal(response.status, detail ?? `The app answered ${response.status} ${response.statusText}.`, errors);
}

export async function getJson<T>(path: string, signal: AbortSignal): Promise<T> {
  return (await (await request(path, { signal })).json()) as T;
}

export async function sendJson(method: 'POST' | 'DELETE', path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await request(path, { method, headers, body: JSON.stringify(body) });
}
