import * as df from 'durable-functions';
import type { InvocationContext } from '@azure/functions';
import { z } from 'zod';
import { splitRange, type TimeRange } from './split-range.ts';

export const runtimeStatuses = [
  'Pending',
  'Running',
  'Completed',
  'Failed',
  'Terminated',
  'Suspended',
  'ContinuedAsNew',
  'Canceled',
] as const;
export type RuntimeStatus = (typeof runtimeStatuses)[number];

/** A failed instance has ended too, until it is rewound. */
export const endedStatuses: readonly RuntimeStatus[] = ['Completed', 'Failed', 'Terminated', 'Canceled'];

export const hasEnded = ({ runtimeStatus }: Instance): boolean => endedStatuses.includes(runtimeStatus);

const instanceSchema = z.object({
  name: z.string(),
  instanceId: z.string(),
  runtimeStatus: z.enum(runtimeStatuses),
  input: z.unknown(),
  customStatus: z.unknown(),
  output: z.unknown(),
  createdTime: z.coerce.date(),
  lastUpdatedTime: z.coerce.date(),
  historyEvents: z.array(z.looseObject({ EventType: z.string() })).optional(),
});
export type Instance = z.infer<typeof instanceSchema>;

export interface InstanceQuery {
  /** One of these. */
  readonly runtimeStatus?: RuntimeStatus | readonly RuntimeStatus[] | undefined;
  readonly createdFrom?: Date | undefined;
  readonly createdTo?: Date | undefined;
  /** Inputs that are large take a read of a blob each on Azure Storage. */
  readonly withInput?: boolean;
}

/** What an operation on an instance came to; `refused` means that its state does not allow it. */
export type Accepted = 'accepted' | 'not-found' | 'refused';

/**
 * The extension's management API as the app itself reaches it. The package's own client drops status codes and the history and
 * does not encode ids and reasons, so this speaks to the same local endpoint.
 */
export interface DurableInstances {
  /** `exists` when an instance of this id is there already, whatever its state. */
  start(name: string, instanceId: string, input: unknown): Promise<'started' | 'exists'>;
  get(instanceId: string, options?: { readonly history?: boolean }): Promise<Instance | undefined>;
  /** The JSON with which the extension answers for the instance and its history, as it is. */
  history(instanceId: string): Promise<string | undefined>;
  list(query: InstanceQuery): Promise<Instance[]>;
  raiseEvent(instanceId: string, event: string, data: unknown): Promise<Accepted>;
  rewind(instanceId: string, reason: string): Promise<Accepted>;
  terminate(instanceId: string, reason: string): Promise<Accepted>;
  suspend(instanceId: string, reason: string): Promise<Accepted>;
  resume(instanceId: string, reason: string): Promise<Accepted>;
  /** Forgets an instance that has ended. */
  purge(instanceId: string): Promise<Accepted>;
}

/** Declares that a function talks to Durable instances; {@link instancesOf} then finds the way. */
export const durableClientInput = df.input.durableClient();

const clientInputSchema = z.object({ rpcBaseUrl: z.url() });

/** @throws Error when the host runs no Durable extension */
export function instancesOf(context: InvocationContext): DurableInstances {
  const raw: unknown = context.extraInputs.get(durableClientInput);
  const { rpcBaseUrl } = clientInputSchema.parse(typeof raw === 'string' ? JSON.parse(raw) : raw);
  return createDurableInstances(rpcBaseUrl);
}

export function createDurableInstances(baseUrl: string): DurableInstances {
  const url = (path: string, query: Readonly<Record<string, string>> = {}): string => {
    const built = new URL(path, baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
    for (const [name, value] of Object.entries(query)) built.searchParams.set(name, value);
    return built.href;
  };
  const operate = async (id: string, operation: string, reason: string): Promise<Accepted> =>
    accepted(await send(id, operation, reason), `${operation} ${id}`);
  const send = (id: string, operation: string, reason: string): Promise<Response> =>
    fetch(url(`${instance(id)}/${operation}`, { reason }), { method: 'POST' });
  /** The real extension answers 500 to a second suspend, and to a resume of what runs, and says in it what it means. */
  const pauseOrResume = async (id: string, operation: 'suspend' | 'resume', reason: string): Promise<Accepted> => {
    const response = await send(id, operation, reason);
    const isRefused = response.status === 500 && (await response.clone().text()).includes('InvalidOperationException');
    return isRefused ? 'refused' : accepted(response, `${operation} ${id}`);
  };

  const read = async (id: string, shown: Readonly<Record<string, string>> = {}): Promise<string | undefined> => {
    const response = await fetch(url(instance(id), { showInput: 'true', ...shown }));
    if (response.status === 404) return undefined;
    if (!response.ok) throw await unexpected(response, `status of ${id}`);
    return response.text();
  };
  const withHistory = { showHistory: 'true', showHistoryOutput: 'true' };
  const get: DurableInstances['get'] = async (id, { history = false } = {}) => {
    const text = await read(id, history ? withHistory : {});
    return text === undefined ? undefined : instanceSchema.parse(JSON.parse(text));
  };
  return {
    async start(name, id, input) {
      if ((await get(id)) !== undefined) return 'exists';
      const response = await post(url(`orchestrators/${encodeURIComponent(name)}/${encodeURIComponent(id)}`), input);
      if (response.status === 409) return 'exists';
      if (response.status !== 202) throw await unexpected(response, `start of ${name}`);
      return 'started';
    },
    get,
    history: (id) => read(id, withHistory),
    list: (query) => listAll(url('instances'), query),
    async raiseEvent(id, event, data) {
      return accepted(
        await post(url(`${instance(id)}/raiseEvent/${encodeURIComponent(event)}`), data),
        `event ${event} for ${id}`,
      );
    },
    rewind: (id, reason) => operate(id, 'rewind', reason),
    terminate: (id, reason) => operate(id, 'terminate', reason),
    suspend: (id, reason) => pauseOrResume(id, 'suspend', reason),
    resume: (id, reason) => pauseOrResume(id, 'resume', reason),
    async purge(id) {
      return accepted(await fetch(url(instance(id)), { method: 'DELETE' }), `purge of ${id}`);
    },
  };
}

const instance = (id: string): string => `instances/${encodeURIComponent(id)}`;

/** The most that Azure Table storage, where the instances are, gives at once. */
const pageSize = '1000';

async function listAll(url: string, query: InstanceQuery): Promise<Instance[]> {
  const found = new Map<string, Instance>();
  const ranges: TimeRange[] = [{ from: query.createdFrom, to: query.createdTo }];
  for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
    const { instances, isWhole } = await listRange(url, query, range);
    for (const instance of instances) found.set(instance.instanceId, instance);
    const times = instances.map(({ createdTime }) => createdTime);
    if (!isWhole) ranges.push(...splitRange(range, times));
  }
  return [...found.values()];
}

/** The real extension's tokens end in a space, which HTTP takes away, so it refuses them: then there is more than was found. */
async function listRange(
  url: string,
  { runtimeStatus, withInput = false }: InstanceQuery,
  { from, to }: TimeRange,
): Promise<{ readonly instances: readonly Instance[]; readonly isWhole: boolean }> {
  const query = new URLSearchParams({ showInput: String(withInput), top: pageSize });
  if (runtimeStatus !== undefined) query.set('runtimeStatus', [runtimeStatus].flat().join(','));
  if (from !== undefined) query.set('createdTimeFrom', from.toISOString());
  if (to !== undefined) query.set('createdTimeTo', to.toISOString());
  /** Each is read while the extension puts together the next one. */
  const pages: Promise<Instance[]>[] = [];
  const readAll = async (isWhole: boolean) => ({ instances: (await Promise.all(pages)).flat(), isWhole });
  let token: string | null = null;
  do {
    const response: Response = await fetch(`${url}?${query.toString()}`, {
      headers: token === null ? {} : { 'x-ms-continuation-token': token },
    });
    if (token !== null && response.status === 400) return readAll(false);
    if (!response.ok) throw await unexpected(response, 'list of instances');
    const page = readPage(response);
    // When a later one fails, nobody asks any more whether this one did.
    page.catch(() => undefined);
    pages.push(page);
    token = response.headers.get('x-ms-continuation-token');
  } while (token !== null && token !== '');
  return readAll(true);
}

const readPage = async (response: Response): Promise<Instance[]> =>
  z.array(instanceSchema).parse(await response.json());

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body ?? null),
  });
}

/** 410: ended. 412 and 409: not in the state. */
const refusals: ReadonlySet<number> = new Set([409, 410, 412]);

async function accepted(response: Response, what: string): Promise<Accepted> {
  if (response.status === 404) return 'not-found';
  if (refusals.has(response.status)) return 'refused';
  if (!response.ok) throw await unexpected(response, what);
  return 'accepted';
}

async function unexpected(response: Response, what: string): Promise<Error> {
  return new Error(
    `${what}: the Durable extension answered ${response.status} ${(await response.text()).slice(0, 500)}`,
  );
}
