import { createTrail } from '../audit/create-trail.ts';
import type { Trail } from '../audit/chain.ts';
import type { Sign } from '../audit/signature.ts';
import type { AuditArchive } from '../azure/audit-archive.ts';
import { type DurableInstances, hasEnded, type Instance } from '../azure/durable-instances.ts';
import type { Refusals } from '../azure/refusals.ts';
import type { Redaction } from './redaction.ts';

export interface TrailKeeping {
  readonly archive: AuditArchive;
  readonly sign: Sign | undefined;
  readonly redaction: Redaction;
  readonly refusals: Refusals;
}

export type Purged =
  | { readonly state: 'purged'; readonly archivedAs: string }
  /** `refused`: it has not ended, or is no longer as it was archived. */
  | { readonly state: 'not-found' | 'refused' };

/** The trail of an instance as it is now, without what is sensitive. */
export async function trailOf(instance: Instance, { sign, redaction, refusals }: TrailKeeping): Promise<Trail> {
  const refused = await refusals.list(instance);
  return createTrail({ ...redaction(instance), refusals: refused }, sign);
}

/**
 * Forgets an instance whose trail is in the archive.
 * @throws what the archive throws; nothing is purged then
 */
export async function archiveAndPurge(
  instances: DurableInstances,
  instanceId: string,
  keeping: TrailKeeping,
): Promise<Purged> {
  const instance = await instances.get(instanceId, { history: true });
  if (instance === undefined) return { state: 'not-found' };
  if (!hasEnded(instance)) return { state: 'refused' };
  const archivedAs = await keeping.archive.store(await trailOf(instance, keeping));
  const current = await instances.get(instanceId);
  if (current === undefined) return { state: 'not-found' };
  if (!isSame(instance, current)) return { state: 'refused' };
  const accepted = await instances.purge(instanceId);
  return accepted === 'accepted' ? { state: 'purged', archivedAs } : { state: accepted };
}

/** A rewind or a restart meanwhile leaves a later end, which the archived trail does not have. */
const isSame = (a: Instance, b: Instance): boolean =>
  a.createdTime.getTime() === b.createdTime.getTime() &&
  a.lastUpdatedTime.getTime() === b.lastUpdatedTime.getTime() &&
  a.runtimeStatus === b.runtimeStatus;
