import { isDeepStrictEqual } from 'node:util';
import type { Exchange, Recording } from '../host/durable/recording.ts';

/** A host's management API. */
export interface Target {
  /** Scheme, host and prefix of its webhooks, as its links show them. */
  readonly linkBase: string;
  /** Where the recorded orchestrations find what they call over HTTP, with a slash at the end. */
  readonly calledUrl: string;
  call(method: string, path: string, options: RequestOptions): Promise<Answer>;
}

export interface RequestOptions {
  readonly contentType?: string | null | undefined;
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface PlayOptions {
  readonly id: string;
  /** Milliseconds until a request must answer what was recorded. */
  readonly patience: number;
  readonly beforeRequest?: (exchange: Exchange, next: Exchange | undefined) => void;
  readonly afterAnswer?: (exchange: Exchange) => void;
}

/** Sends what was sent to the real engine, and tells what came back beside what was recorded; what the engine makes up is masked. */
export async function playRecording(target: Target, exchanges: Recording['exchanges'], options: PlayOptions) {
  const played: Awaited<ReturnType<typeof play>>[] = [];
  for (const [number, exchange] of exchanges.entries()) {
    options.beforeRequest?.(exchange, exchanges[number + 1]);
    played.push(await play(target, exchange, options));
    await awaitHealing(target, exchange, options);
    options.afterAnswer?.(exchange);
  }
  return { answers: played.map(({ answer }) => answer), recorded: played.map(({ recorded }) => recorded) };
}

/** What a request answers as soon as that is what was recorded, or when patience is over whatever it answers. */
async function play(target: Target, { request, status, headers = {}, body }: Exchange, { id, patience }: PlayOptions) {
  const recorded = { status, headers, body: mask(body) };
  const [method = '', path = '', contentType, text] = request.map((part) =>
    part?.replaceAll('ID', id).replace('HTTP/', target.calledUrl),
  );
  const until = Date.now() + patience;
  for (;;) {
    const answer = describeAnswer(target, id, await target.call(method, path, { contentType, body: text }));
    const hasActed = method !== 'GET' && answer.status < 400;
    if (hasActed || isDeepStrictEqual(answer, recorded) || Date.now() > until) {
      return { answer: { request, ...answer }, recorded: { request, ...recorded } };
    }
    await pause(patience / 300);
  }
}

/** The recorded client has waited for the end of this one without a request of its own. */
async function awaitHealing(target: Target, { request: [, path] }: Exchange, { id, patience }: PlayOptions) {
  if (!path.startsWith('/orchestrators/HealOne/')) return;
  const instance = path.slice(path.lastIndexOf('/') + 1).replace('ID', id);
  const until = Date.now() + patience;
  while ((await target.call('GET', `/instances/${instance}`, {})).status !== 200 && Date.now() < until) {
    await pause(patience / 300);
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const compared: ReadonlySet<string> = new Set(['content-type', 'location', 'retry-after']);

function describeAnswer({ linkBase, calledUrl }: Target, id: string, { status, headers, body }: Answer) {
  const shown = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    value
      .replace(linkBase, 'BASE')
      .replace(/taskHub=\w+&connection=\w+(&code=[^&]+)?/, 'QUERY')
      .replace(/[?&]code=[^&]+/, '')
      .replaceAll(/[\da-f]{32}/g, '(uuid)')
      .replaceAll(id, 'ID'),
  ]);
  const text = body.replaceAll(id, 'ID').replaceAll(calledUrl, 'HTTP/');
  return {
    status,
    headers: Object.fromEntries(shown.filter(([name = '']) => compared.has(name))) as unknown,
    body: mask(readBody(text)),
  };
}

function readBody(text: string): unknown {
  if (text === '') return undefined;
  const body = JSON.parse(text) as unknown;
  // Entities of other scenarios are listed too.
  if (Array.isArray(body)) return body.filter((item) => !isOfOthers(item));
  return typeof body === 'object' && body !== null && 'statusQueryGetUri' in body ? '(started)' : body;
}

const isOfOthers = (item: unknown): boolean => {
  const text = JSON.stringify(item);
  return text.startsWith('{"entityId"') && !text.includes('"ID"');
};

/** Masks what the engine makes up, as it is masked in the recordings. */
function mask(value: unknown, name?: string): unknown {
  if (Array.isArray(value)) return value.map((item) => mask(item));
  if (typeof value === 'object' && value !== null) {
    const masked = Object.entries(value).map(([key, item]) => [key, mask(item, key)] as const);
    // Of an answer over HTTP each server has its own headers; of an entity's sorter there is none where nothing gets out of order.
    if (name === 'headers') return Object.fromEntries(masked.filter(([key]) => /^(Location|Retry-After)$/.test(key)));
    if (name === 'sorter') return {};
    return Object.fromEntries(masked.filter(([key]) => key !== 'StackTrace'));
  }
  return typeof value === 'string' ? maskText(value, name) : value;
}

function maskText(value: string, name: string | undefined): string {
  if (name === 'Details') return '(details)';
  // Newtonsoft and V8 find different words for bad JSON.
  if (name === 'ExceptionMessage' && !value.startsWith('An item')) return '(message)';
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)$/.test(value)) return '(time)';
  if (/^\{.*"sorter":/.test(value)) return JSON.stringify(mask(JSON.parse(value)));
  const text = value.startsWith('{"$type"')
    ? value.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)?/g, '(time)')
    : value;
  return text
    .replace(/ \n \{[^]*/, ' \n (details)')
    .replace(/(Could not parse JSON content: )[^]*/, '$1(reason)')
    .replace(/(known \w+ functions: )[^]*/, '$1(names)')
    .replaceAll(/[\da-f]{8}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{12}/g, '(uuid)');
}
