import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { HostKeys, SystemKeyName } from './host-keys.ts';

/** What a request must hold a key of. */
export type Door =
  | { readonly kind: 'function'; readonly functionName: string; readonly authLevel: string }
  | { readonly kind: 'system'; readonly key: SystemKeyName }
  | { readonly kind: 'admin' };

/** Whether a request may pass. */
export type Authorize = (request: IncomingMessage, door: Door) => boolean;

/** Hosts on one machine ask for no keys, as Core Tools. */
export const letEverybodyIn: Authorize = () => true;

function givenKey({ url = '', headersDistinct }: IncomingMessage): string | undefined {
  const query = new URLSearchParams(url.split('?', 2)[1]);
  return headersDistinct['x-functions-key']?.[0] ?? query.get('code') ?? undefined;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** The keys that open a door; undefined for one that stands open. */
function keysOf({ master, functions, system, byFunction }: HostKeys, door: Door): readonly string[] | undefined {
  switch (door.kind) {
    case 'system':
      return [master, system[door.key]];
    case 'admin':
      return [master];
    case 'function':
      if (door.authLevel === 'anonymous') return undefined;
      if (door.authLevel !== 'function') return [master];
      return [master, ...Object.values(functions), ...Object.values(byFunction[door.functionName] ?? {})];
  }
}

/** Keys are given in `x-functions-key` or the query's `code`. */
export function createAuthorize(keys: HostKeys): Authorize {
  return (request, door) => {
    const accepted = keysOf(keys, door);
    if (accepted === undefined) return true;
    const given = givenKey(request);
    if (given === undefined) return false;
    const given256 = digest(given);
    return accepted.some((key) => timingSafeEqual(digest(key), given256));
  };
}
