import { z } from 'zod';
import { sha256Of } from './canonical-json.ts';
import { type Entry, entrySchema } from './entry.ts';
import type { AuditedInstance } from './history.ts';
import { type Sign, signatureSchema } from './signature.ts';

// The chain. The hash of an entry is the SHA-256 of its canonical JSON, which holds the hash of the entry before it; the first one
// holds the hash of what the trail is about. The head says how many entries there are and the hash of the last. So no entry can be
// changed, taken out, put in or moved without a contradiction, unless everything behind it is computed anew: only the signature of
// the head, or a head kept elsewhere, speaks against that.

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const chainedEntrySchema = entrySchema.extend({ previousHash: sha256, hash: sha256 });
export type ChainedEntry = z.infer<typeof chainedEntrySchema>;

export const format = 'durable-saga-audit/1';

export const headSchema = z.strictObject({
  format: z.literal(format),
  instanceId: z.string(),
  saga: z.string(),
  createdAt: z.iso.datetime(),
  count: z.number().int().min(0),
  /** Of the last entry; without entries, the hash that the first one would hold. */
  lastHash: sha256,
  hash: sha256,
  signature: signatureSchema.optional(),
});
export type Head = z.infer<typeof headSchema>;

export interface Trail {
  readonly head: Head;
  readonly entries: readonly ChainedEntry[];
}

export const hashOfEntry = (entry: ChainedEntry): string => sha256Of({ ...entry, hash: undefined });

export const hashOfHead = (head: Head): string => sha256Of({ ...head, hash: undefined, signature: undefined });

/** What the first entry holds in the place of a hash before it. */
export const hashOfSubject = ({ instanceId, saga, createdAt }: Head): string =>
  sha256Of({ format, instanceId, saga, createdAt });

/** Links the entries and closes them with a head; the same entries always give the same hashes. */
export function chainEntries(
  { instanceId, name, createdTime }: Pick<AuditedInstance, 'instanceId' | 'name' | 'createdTime'>,
  entries: readonly Entry[],
  sign?: Sign,
): Trail {
  const subject = { format, instanceId, saga: name, createdAt: createdTime.toISOString() } as const;
  let previousHash = sha256Of(subject);
  const chained = entries.map((entry): ChainedEntry => {
    const content = { ...entry, previousHash };
    previousHash = sha256Of(content);
    return { ...content, hash: previousHash };
  });
  const content = { ...subject, count: entries.length, lastHash: previousHash };
  const hash = sha256Of(content);
  return { head: { ...content, hash, ...(sign && { signature: sign(hash) }) }, entries: chained };
}
