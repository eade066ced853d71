import type { InvocationContext, PostInvocationContext, PreInvocationContext } from '@azure/functions';
import {
  claimLarge,
  type ClaimStore,
  fetchClaims,
  type FetchedClaims,
  isClaim,
  mayRefer,
  resolveClaims,
} from './claims.ts';

// The orchestrator's edge: what its history refers to is fetched before its function is called, and what it claims anew is stored
// before its answer goes to the host. In between nothing waits for anything but durable tasks. A reference that cannot be resolved
// is told where it is read, so that the instance fails with a message, effects kept, and goes on after a rewind.

/** Where one episode of an orchestrator leaves and fetches what is too large for its history. */
export interface ClaimDesk {
  claim(value: unknown): unknown;
  /** @throws ClaimError or what the store has thrown */
  resolve(value: unknown): unknown;
}

export interface ClaimDesks {
  /** That of the episode which runs in this context. */
  of(context: InvocationContext): ClaimDesk;
  before(invocation: PreInvocationContext): Promise<void>;
  /** @throws what the store does: the host then fails the instance, and a rewind runs the episode again */
  after(invocation: PostInvocationContext): Promise<void>;
}

/** Of what the engine says to itself the form stays in the history, so that a trail can be read without the store. */
export const claimMembers = (desk: ClaimDesk, frame: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(frame).map(([name, member]) => [name, desk.claim(member)]));

/** Without a store everything stays in the history. */
export const inlineDesk: ClaimDesk = { claim: (value) => value, resolve: (value) => value };

export function createClaimDesks(store: ClaimStore): ClaimDesks {
  const cached = cacheClaims(store);
  const open = new WeakMap<object, OpenDesk>();
  return {
    of: (context) => (open.get(context) ?? openDesk(new Map())).desk,
    async before({ invocationContext, inputs: [body] }) {
      const values = valuesIn(body);
      open.set(invocationContext, openDesk(values.length === 0 ? undefined : await fetchClaims(cached, values)));
    },
    async after({ invocationContext }) {
      const claimed = open.get(invocationContext)?.claimed ?? [];
      await Promise.all([...claimed].map(([sha256, text]) => cached.put(sha256, text)));
    },
  };
}

interface OpenDesk {
  readonly desk: ClaimDesk;
  readonly claimed: ReadonlyMap<string, string>;
}

/** @param fetched undefined where nothing refers to anything, so that nothing need be looked through */
function openDesk(fetched: FetchedClaims | undefined): OpenDesk {
  const claimed = new Map<string, string>();
  const desk: ClaimDesk = {
    claim: (value) => claimLarge(value, (sha256, text) => claimed.set(sha256, text)),
    resolve: (value) => (fetched === undefined ? value : resolveClaims(value, fetched)),
  };
  return { desk, claimed };
}

/** The values that an orchestrator function is called with, where they can have references in them. */
function valuesIn(body: unknown): unknown[] {
  if (typeof body !== 'object' || body === null || !('history' in body) || !Array.isArray(body.history)) return [];
  const texts = body.history.flatMap(({ Result, Input }: { readonly Result?: unknown; readonly Input?: unknown }) => [
    Result,
    Input,
  ]);
  return texts.flatMap((text) => (typeof text === 'string' && mayRefer(text) ? [JSON.parse(text) as unknown] : []));
}

const longestCached = 32 * 1024 * 1024;

/** Every episode needs the same again. What was fetched has been checked by then: a name that is known stands for its text for ever. */
function cacheClaims(store: ClaimStore): ClaimStore {
  const texts = new Map<string, string>();
  let length = 0;
  const keep = (sha256: string, text: string): void => {
    texts.set(sha256, text);
    length += text.length;
    for (const [oldest, { length: freed }] of texts) {
      if (length <= longestCached) return;
      texts.delete(oldest);
      length -= freed;
    }
  };
  return {
    async put(sha256, text) {
      if (texts.has(sha256)) return;
      await store.put(sha256, text);
      keep(sha256, text);
    },
    async get(sha256) {
      const known = texts.get(sha256);
      if (known !== undefined) return known;
      const text = await store.get(sha256);
      if (text !== undefined && isClaim(sha256, text)) keep(sha256, text);
      return text;
    },
  };
}
