import { createHash } from 'node:crypto';

// Claim check: what is large travels by reference. The history has `{ $claim: { sha256, bytes } }`, the value is in a store.
// 1. A reference is named by the SHA-256 of what it stands for. So the same value is always the same reference, a retry stores it in
//    the same place, and what is read is known to be what was stored: resolving a reference is a pure function.
// 2. Therefore references are made and resolved at the edges of functions, of activities and of orchestrators alike, and neither
//    activities nor sagas ever see one.
// 3. The smallest parts that are too large are claimed, so that what is beside them stays readable in the history.

/** Bytes of JSON: what is longer goes by reference. */
export const longestInline = 48 * 1024;

/** Where claims are kept, by the SHA-256 of their text in hexadecimal digits. */
export interface ClaimStore {
  /** May be repeated. */
  put(sha256: string, text: string): Promise<void>;
  /** Undefined where there is none. */
  get(sha256: string): Promise<string | undefined>;
}

/** What a reference stands for is not there, or is not what was stored. */
export class ClaimError extends Error {
  override readonly name = 'ClaimError';
  readonly code: 'claim_missing' | 'claim_tampered';

  constructor(code: ClaimError['code'], sha256: string) {
    const what = code === 'claim_missing' ? 'is missing from' : 'has been changed in';
    super(
      `what claim '${sha256}' stands for ${what} the claim store: restore it there, from a backup or an earlier version, then try again or rewind`,
    );
    this.code = code;
  }
}

const mark = '$claim';

type Mark =
  | { readonly sha256: string; readonly bytes: number }
  /** A value that looks like a reference, and is none. */
  | { readonly literal: unknown };

/** Puts references in the place of what is too large. @param claim told of each, and of the JSON text that it stands for */
export const claimLarge = (value: unknown, claim: (sha256: string, text: string) => void): unknown =>
  weigh(value) <= longestInline ? value : claimIn(value, claim).value;

/** An upper bound of the bytes; infinite where something looks like a reference. Most values are small, so this is cheap. */
function weigh(value: unknown): number {
  if (typeof value === 'string') return 6 * value.length;
  if (typeof value !== 'object' || value === null) return 24;
  if (mark in value) return Infinity;
  let bytes = 2;
  for (const [name, member] of Object.entries(value)) bytes += 6 * name.length + 4 + weigh(member);
  return bytes;
}

interface Measured {
  readonly value: unknown;
  /** Of its JSON. */
  readonly bytes: number;
}

function claimIn(value: unknown, claim: (sha256: string, text: string) => void): Measured {
  const measured = measure(value, claim);
  if (measured.bytes <= longestInline) return measured;
  const text = JSON.stringify(measured.value);
  const sha256 = digest(text);
  claim(sha256, text);
  return { value: { [mark]: { sha256, bytes: Buffer.byteLength(text) } }, bytes: 100 };
}

function measure(value: unknown, claim: (sha256: string, text: string) => void): Measured {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return { value, bytes: jsonBytes(value) };
  if (Array.isArray(value)) {
    const items = value.map((item) => claimIn(item, claim));
    return { value: items.map(({ value }) => value), bytes: sum(items) + items.length + 2 };
  }
  const members = Object.entries(value).map(([name, member]) => ({ name, ...claimIn(member, claim) }));
  const whole = Object.fromEntries(members.map(({ name, value }) => [name, value]));
  const bytes = sum(members) + members.reduce((all, { name }) => all + jsonBytes(name) + 2, 2);
  return mark in value ? { value: { [mark]: { literal: whole } }, bytes: bytes + 30 } : { value: whole, bytes };
}

/** What is undefined has no JSON, and no more than null in an array. */
const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? 'null');

const sum = (parts: readonly Measured[]): number => parts.reduce((all, { bytes }) => all + bytes, 0);

/** Whether a JSON text may have references in it. */
export const mayRefer = (text: string): boolean => text.includes(`"${mark}"`);

/** The references in a value, those in what they stand for left out. */
export function findClaims(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const found = markOf(value);
  if (found === undefined) return Object.values(value).flatMap(findClaims);
  return 'sha256' in found ? [found.sha256] : Object.values(found.literal ?? {}).flatMap(findClaims);
}

/** What references stand for, by SHA-256, or why that is not to be had. */
export type FetchedClaims = ReadonlyMap<string, { readonly text: string } | { readonly error: unknown }>;

/** Puts what they stand for in the place of references. @throws ClaimError, or what the store has thrown */
export function resolveClaims(value: unknown, fetched: FetchedClaims): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const inside = (part: object): unknown =>
    Array.isArray(part)
      ? part.map((item) => resolveClaims(item, fetched))
      : Object.fromEntries(Object.entries(part).map(([name, member]) => [name, resolveClaims(member, fetched)]));
  const found = markOf(value);
  if (found === undefined) return inside(value);
  if ('sha256' in found) return resolveClaims(JSON.parse(textOf(found.sha256, fetched)), fetched);
  // Within it, the mark is a name like any other.
  return typeof found.literal === 'object' && found.literal !== null ? inside(found.literal) : found.literal;
}

function textOf(sha256: string, fetched: FetchedClaims): string {
  const found = fetched.get(sha256) ?? { error: new ClaimError('claim_missing', sha256) };
  if ('text' in found) return found.text;
  throw found.error;
}

function markOf(value: object): Mark | undefined {
  if (!(mark in value) || Object.keys(value).length !== 1) return undefined;
  const found = value[mark];
  if (typeof found !== 'object' || found === null) return undefined;
  if ('literal' in found) return { literal: found.literal };
  if (!('sha256' in found && 'bytes' in found)) return undefined;
  const { sha256, bytes } = found;
  return isDigest(sha256) && typeof bytes === 'number' ? { sha256, bytes } : undefined;
}

/** Stores what is too large, and answers the value with references in its place. */
export async function storeClaims(store: ClaimStore, value: unknown): Promise<unknown> {
  const claimed = new Map<string, string>();
  const referring = claimLarge(value, (sha256, text) => claimed.set(sha256, text));
  await Promise.all([...claimed].map(([sha256, text]) => store.put(sha256, text)));
  return referring;
}

/** Everything that a value refers to, also by what it refers to. */
export async function fetchClaims(store: ClaimStore, value: unknown): Promise<FetchedClaims> {
  const fetched = new Map<string, { readonly text: string } | { readonly error: unknown }>();
  const fetchAll = async (names: readonly string[]): Promise<void> => {
    const open = [...new Set(names)].filter((sha256) => !fetched.has(sha256));
    await Promise.all(
      open.map(async (sha256) => {
        try {
          const text = await fetchClaim(store, sha256);
          fetched.set(sha256, { text });
          if (mayRefer(text)) await fetchAll(findClaims(JSON.parse(text)));
        } catch (error) {
          fetched.set(sha256, { error });
        }
      }),
    );
  };
  await fetchAll(findClaims(value));
  return fetched;
}

async function fetchClaim(store: ClaimStore, sha256: string): Promise<string> {
  const text = await store.get(sha256);
  if (text === undefined) throw new ClaimError('claim_missing', sha256);
  if (!isClaim(sha256, text)) throw new ClaimError('claim_tampered', sha256);
  return text;
}

/** Whether this is what the name stands for. */
export const isClaim = (sha256: string, text: string): boolean => digest(text) === sha256;

/** The name goes into a path of the store. */
const isDigest = (name: unknown): name is string => typeof name === 'string' && /^[0-9a-f]{64}$/.test(name);

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
