import { hostVersion } from '../host-version.ts';
import type { HostFunction } from '../host-function.ts';
import type { HostKeys } from '../keys/host-keys.ts';
import { answer, type HttpHandler } from './http-server.ts';
import { readBody } from './read-body.ts';

export interface AdminApiOptions {
  readonly baseUrl: string;
  readonly functions: () => readonly HostFunction[];
  /** Undefined where no keys are asked for. */
  readonly keys: HostKeys | undefined;
  /** Begins to run a function as if its trigger had; false where that cannot be. */
  readonly trigger: (fn: HostFunction, input: string) => boolean;
  readonly bodyLimit: number;
}

export const adminPrefix = '/admin/';

type Answer = readonly [status: number, body?: unknown];

const notFound: Answer = [404];

const listKeys = (keys: Readonly<Record<string, string>>): Answer => [
  200,
  { keys: Object.entries(keys).map(([name, value]) => ({ name, value })), links: [] },
];

function describe(fn: HostFunction, baseUrl: string) {
  const { name, bindings, url, isDisabled } = fn;
  return {
    name,
    href: `${baseUrl}/admin/functions/${name}`,
    invoke_url_template: url ?? '',
    language: 'node',
    config: { name, bindings },
    isDisabled,
    ...(fn.fault !== undefined && { fault: fn.fault }),
  };
}

/** The part of the host's admin API (`/admin/…`) that tools use. */
export function createAdminApi({ baseUrl, functions, keys, trigger, bodyLimit }: AdminApiOptions): HttpHandler {
  const startedAt = Date.now();
  const host = (what: string): Answer => {
    switch (what) {
      case 'status':
        return [200, { state: 'Running', version: hostVersion, processUptime: Date.now() - startedAt }];
      case 'ping':
        return [200];
      case 'keys':
        return keys ? listKeys(keys.functions) : notFound;
      case 'systemkeys':
        return keys ? listKeys(keys.system) : notFound;
      default:
        return notFound;
    }
  };
  const find = (name: string) => functions().find((fn) => fn.name.toLowerCase() === name);
  const oneFunction = (fn: HostFunction, what: string | undefined): Answer => {
    if (what === undefined) return [200, describe(fn, baseUrl)];
    if (what === 'status') return [200, fn.fault === undefined ? {} : { errors: [fn.fault] }];
    return what === 'keys' && keys ? listKeys(keys.byFunction[fn.name] ?? {}) : notFound;
  };
  const run = (fn: HostFunction, body: string): Answer => {
    const input = readInput(body);
    if (input === undefined) return [400, { message: 'The body must be {"input": "…"}, where the input is a text.' }];
    if (trigger(fn, input)) return [202];
    return [400, { message: `Function "${fn.name}" (${fn.trigger}) cannot be run by hand.` }];
  };
  return async (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0]?.toLowerCase() ?? '';
    const [area, name, what, ...rest] = path.slice(adminPrefix.length).split('/');
    const fn = area === 'functions' && name !== undefined ? find(decodeURIComponent(name)) : undefined;
    const [status, body] = await route();
    const headers = body === undefined ? undefined : { 'content-type': 'application/json; charset=utf-8' };
    answer(response, status, body === undefined ? '' : JSON.stringify(body), headers);

    async function route(): Promise<Answer> {
      if (rest.length > 0) return notFound;
      if (request.method === 'POST' && fn && what === undefined) {
        return run(fn, Buffer.from(await readBody(request, bodyLimit)).toString('utf8'));
      }
      if (request.method !== 'GET') return notFound;
      if (area === 'host' && name !== undefined && what === undefined) return host(name);
      if (area !== 'functions') return notFound;
      if (name === undefined || name === '') return [200, functions().map((one) => describe(one, baseUrl))];
      return fn ? oneFunction(fn, what) : notFound;
    }
  };
}

/** Core Tools and the portal send `{"input": "text"}`; no body is an empty input. */
function readInput(body: string): string | undefined {
  if (body === '') return '';
  try {
    const { input = '' } = JSON.parse(body) as { input?: unknown };
    return typeof input === 'string' ? input : undefined;
  } catch {
    return undefined;
  }
}
