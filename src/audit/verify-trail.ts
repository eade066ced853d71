import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import {
  type ChainedEntry,
  chainedEntrySchema,
  hashOfEntry,
  hashOfHead,
  hashOfSubject,
  type Head,
  headSchema,
  type Trail,
} from './chain.ts';
import { computeStateAt } from './compute-state-at.ts';
import { parseTrail, type RawEntry, type RawTrail } from './parse-trail.ts';
import type { Verifier } from './signature.ts';

export type Verdict =
  | (Trail & { readonly ok: true; readonly signature: 'none' | 'valid' | 'unchecked' })
  | { readonly ok: false; readonly problems: readonly TrailProblem[] };

export interface TrailProblem {
  readonly kind:
    | 'unreadable'
    | 'head'
    | 'changed'
    | 'missing'
    | 'truncated'
    | 'duplicate'
    | 'inserted'
    | 'moved'
    | 'replaced'
    | 'state'
    | 'unsigned'
    | 'signature';
  /** The entry that it is about. */
  readonly sequence?: number;
  readonly message: string;
}

/**
 * Whether an export is what was exported. A trail that somebody changed and chained anew from there on is found only by a signature
 * that is checked, or by a head that was kept elsewhere.
 */
export function verifyTrail(text: string, verifier?: Verifier): Verdict {
  let raw: RawTrail;
  try {
    raw = parseTrail(text);
  } catch (error) {
    return { ok: false, problems: [{ kind: 'unreadable', message: error instanceof Error ? error.message : '' }] };
  }
  const head = headSchema.safeParse(raw.head);
  if (!head.success) {
    const message = `the head is missing or unreadable: ${z.prettifyError(head.error)}`;
    return { ok: false, problems: [{ kind: 'head', message }] };
  }
  const { entries, problems } = readEntries(raw.entries);
  const found = [
    ...checkHead(head.data),
    ...problems,
    ...entries.filter(isChanged).map(({ sequence }) => changed(sequence)),
    ...checkPlaces(head.data, entries),
    ...checkLinks(head.data, entries),
    ...checkState(raw.state, entries),
    ...checkSignature(head.data, verifier),
  ];
  if (found.length > 0) return { ok: false, problems: found };
  const signature = head.data.signature === undefined ? 'none' : verifier === undefined ? 'unchecked' : 'valid';
  return { ok: true, head: head.data, entries, signature };
}

function readEntries(raw: readonly RawEntry[]): {
  readonly entries: readonly ChainedEntry[];
  readonly problems: readonly TrailProblem[];
} {
  const problems: TrailProblem[] = [];
  const entries = raw.flatMap(({ place, value }) => {
    const entry = chainedEntrySchema.safeParse(value);
    if (entry.success) return [entry.data];
    problems.push({ kind: 'unreadable', message: `${place} is no entry: ${z.prettifyError(entry.error)}` });
    return [];
  });
  return { entries, problems };
}

const checkHead = (head: Head): TrailProblem[] =>
  hashOfHead(head) === head.hash
    ? []
    : [{ kind: 'head', message: 'the head was changed: its content does not give its hash' }];

const isChanged = (entry: ChainedEntry): boolean => hashOfEntry(entry) !== entry.hash;

const changed = (sequence: number): TrailProblem => ({
  kind: 'changed',
  sequence,
  message: `entry ${sequence} was changed: its content does not give its hash`,
});

/** Each number from 1 to the head's count once, in order. */
function checkPlaces({ count }: Head, entries: readonly ChainedEntry[]): TrailProblem[] {
  const problems: TrailProblem[] = [];
  const seen = new Set<number>();
  let highest = 0;
  for (const { sequence } of entries) {
    if (seen.has(sequence)) {
      problems.push({ kind: 'duplicate', sequence, message: `entry ${sequence} stands there more than once` });
    } else if (sequence < 1 || sequence > count) {
      problems.push({ kind: 'inserted', sequence, message: `entry ${sequence} was put in: the head knows ${count}` });
    } else if (sequence < highest) {
      problems.push({ kind: 'moved', sequence, message: `entry ${sequence} was moved: it stands behind ${highest}` });
    }
    seen.add(sequence);
    highest = Math.max(highest, sequence);
  }
  const last = Math.max(0, ...[...seen].filter((sequence) => sequence <= count));
  if (last < count) {
    const message = `the trail was cut off: the head knows ${count} entries, and those after ${last} are missing`;
    problems.push({ kind: 'truncated', sequence: last + 1, message });
  }
  for (let sequence = 1; sequence < last; sequence++) {
    if (!seen.has(sequence)) problems.push({ kind: 'missing', sequence, message: `entry ${sequence} is missing` });
  }
  return problems;
}

/** Each entry goes on from the hash of the one before; of those that were changed this is said already. */
function checkLinks(head: Head, entries: readonly ChainedEntry[]): TrailProblem[] {
  const bySequence = new Map(entries.map((entry) => [entry.sequence, entry]));
  const problems: TrailProblem[] = [];
  for (const entry of entries) {
    const { sequence, previousHash } = entry;
    const before = bySequence.get(sequence - 1);
    const expected = sequence === 1 ? hashOfSubject(head) : before?.hash;
    if (expected === undefined || expected === previousHash || isChanged(entry)) continue;
    if (before !== undefined && isChanged(before)) continue;
    const what = sequence === 1 ? 'the head' : `entry ${sequence - 1}`;
    const message = `entry ${sequence} does not go on from ${what}: one of the two was replaced, with its hash`;
    problems.push({ kind: 'replaced', sequence, message });
  }
  const last = bySequence.get(head.count);
  const isEnd = head.count === 0 ? hashOfSubject(head) === head.lastHash : last?.hash === head.lastHash;
  if (!isEnd && (head.count === 0 || (last !== undefined && !isChanged(last)))) {
    const message = `entry ${head.count} is not the one that the head ends with: it was replaced, with its hash`;
    problems.push({ kind: 'replaced', sequence: head.count, message });
  }
  return problems;
}

const stateSchema = z.looseObject({ at: z.iso.datetime() });

/** The state in an export says nothing that the entries do not say. */
function checkState(raw: unknown, entries: readonly ChainedEntry[]): TrailProblem[] {
  if (raw === undefined) return [];
  const state = stateSchema.safeParse(raw).data;
  const isRight =
    state !== undefined && canonicalJson(computeStateAt(entries, new Date(state.at))) === canonicalJson(raw);
  return isRight ? [] : [{ kind: 'state', message: 'the state is not the one that the entries come to' }];
}

function checkSignature({ hash, signature }: Head, verifier: Verifier | undefined): TrailProblem[] {
  if (verifier === undefined) return [];
  if (signature === undefined) return [{ kind: 'unsigned', message: 'it is not signed, so the key can check nothing' }];
  if (verifier.isValid(hash, signature)) return [];
  const isOtherKey = signature.keyId !== verifier.keyId;
  const why = isOtherKey ? `: it names key ${signature.keyId}, and the one given is ${verifier.keyId}` : '';
  return [{ kind: 'signature', message: `the signature is not one of the head by this key${why}` }];
}
