import { createTrail } from '../audit/create-trail.ts';
import type { Trail } from '../audit/chain.ts';
import type { Deletion } from '../audit/history.ts';
import { formatReason } from '../audit/native-reason.ts';
import type { Sign } from '../audit/signature.ts';
import type { AuditArchive } from '../azure/audit-archive.ts';
import { type DurableInstances, hasEnded, type Instance } from '../azure/durable-instances.ts';
import type { Refusals } from '../azure/refusals.ts';
import type { CloseRecord } from './close-record.ts';
import type { Redaction } from './redaction.ts';

export interface TrailKeeping {
  readonly archive: AuditArchive;
  readonly sign: Sign | undefined;
  readonly redaction: Redaction;
  readonly refusals: Refusals;
}

export interface Purging extends TrailKeeping {
  readonly closeRecord: CloseRecord;
}

export type Purged =
  | { readonly state: 'purged'; readonly archivedAs: string }
  /** `refused`: it has not ended, or is no longer as it was archived. */
  | { readonly state: 'not-found' | 'refused' };

/** The trail of an instance as it is now, without what is sensitive. */
export async function trailOf(
  instance: Instance,
  { sign, redaction, refusals }: TrailKeeping,
  deletion?: Deletion,
): Promise<Trail> {
  const refused = await refusals.list(instance);
  return createTrail({ ...redaction(instance), refusals: refused, ...(deletion && { deletion }) }, sign);
}

/**
 * Forgets an instance whose trail is in the archive, and whose record says that it is not under way any more.
 * @throws what the archive and the records throw; nothing is purged then
 */
export async function archiveAndPurge(
  instances: DurableInstances,
  instanceId: string,
  deletion: Deletion,
  { closeRecord, ...keeping }: Purging,
): Promise<Purged> {
  const instance = await instances.get(instanceId, { history: true });
  if (instance === undefined) return { state: 'not-found' };
  if (!hasEnded(instance)) return { state: 'refused' };
  const archivedAs = await keeping.archive.store(await trailOf(instance, keeping, deletion));
  const current = await instances.get(instanceId);
  if (current === undefined) return { state: 'not-found' };
  if (!isSame(instance, current)) return { state: 'refused' };
  await closeRecord(instance, formatReason(deletion.by, deletion.reason));
  const accepted = await instances.purge(instanceId);
  return accepted === 'accepted' ? { state: 'purged', archivedAs } : { state: accepted };
}

/** A rewind or a restart meanwhile leaves a later end, which the archived trail does not have. */
const isSame = (a: Instance, b: Instance): boolean =>
  a.createdTime.getTime() === b.createdTime.getTime() &&
  a.lastUpdatedTime.getTime() === b.lastUpdatedTime.getTime() &&
  a.runtimeStatus === b.runtimeStatus;
