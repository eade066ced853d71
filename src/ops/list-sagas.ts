import { z } from 'zod';
import { type DurableInstances, type Instance, type RuntimeStatus } from '../azure/durable-instances.ts';
import { decodeContinuation } from '../azure/pages.ts';
import type { SagaList } from './contract.ts';
import type { Redaction } from './redaction.ts';
import { phaseOf, phaseSchema, type ShownPhase, statusOf } from './saga-view.ts';

// The extension lists by id and knows no phases. What is newest is found by asking for what was started lately, and for ever
// earlier, so that the first page costs what it shows; counting costs a look at everything.

export interface Listing {
  /** As the engine has them. */
  readonly instances: DurableInstances;
  readonly redaction: Redaction;
  readonly now: Date;
}

export const sagaCountsSchema = z.object({
  /** Of everything that is asked for, on all pages and in whatever phase. */
  counts: z.partialRecord(phaseSchema, z.number().int()),
  names: z.array(z.string()),
});
export type SagaCounts = z.infer<typeof sagaCountsSchema>;

/** What is newer than the first of these is looked at first, then what is newer than the second, then everything. */
const spansMs = [10 * 60_000, 24 * 3_600_000];

interface Found {
  readonly instance: Instance;
  readonly key: string;
}

/** The newest that fit, as the engine lists them, one more than the page holds where there is one more. */
export async function findNewest(query: SagaList, listing: Listing): Promise<Instance[]> {
  const { from, top, q } = query;
  const runtimeStatus = query.status ?? (query.phase === undefined ? undefined : statusesOf(query.phase));
  const after = query.continuation === undefined ? undefined : decodeContinuation(query.continuation);
  const latest = latestOf(after, query.to);
  const found = new Map<string, Found>();
  let createdTo = latest;
  for (const createdFrom of windowsBefore(latest ?? listing.now, from)) {
    const rows = await listing.instances.list({ runtimeStatus, createdFrom, createdTo, withInput: q !== undefined });
    for (const instance of rows) {
      const key = sortKey(instance);
      if ((after === undefined || key < after) && fits(instance, query, listing)) {
        found.set(instance.instanceId, { instance, key });
      }
    }
    if (found.size > top) break;
    createdTo = createdFrom;
  }
  return [...found.values()]
    .sort((a, b) => (a.key < b.key ? 1 : -1))
    .slice(0, top + 1)
    .map(({ instance }) => instance);
}

export async function countSagas(query: SagaList, listing: Listing): Promise<SagaCounts> {
  const { status, from, to, q } = query;
  const all = await listing.instances.list({
    runtimeStatus: status,
    createdFrom: from,
    createdTo: to,
    withInput: q !== undefined,
  });
  const counts: SagaCounts['counts'] = {};
  const names = new Set<string>();
  for (const instance of all) {
    if (!fits(instance, { ...query, phase: undefined }, listing)) continue;
    const phase = phaseOf(instance);
    counts[phase] = (counts[phase] ?? 0) + 1;
    names.add(instance.name);
  }
  return { counts, names: [...names].sort((a, b) => a.localeCompare(b)) };
}

/** Newest first; a page begins after a key, not at an offset, so it stays right while instances come and go. */
export const sortKey = ({ createdTime, instanceId }: Instance): string => `${createdTime.toISOString()} ${instanceId}`;

/** Times of instances are shown in whole seconds, and a page may end within one. */
function latestOf(after: string | undefined, to: Date | undefined): Date | undefined {
  const [time] = after?.split(' ', 1) ?? [];
  const last = time === undefined ? undefined : new Date(Date.parse(time) + 999);
  return last !== undefined && (to === undefined || last < to) ? last : to;
}

/** Beginnings in whole seconds, so that what seems to have started at the same time is found together. */
function windowsBefore(latest: Date, from: Date | undefined): (Date | undefined)[] {
  const starts = spansMs.map((span) => new Date(Math.floor((latest.getTime() - span) / 1_000) * 1_000));
  return [...starts.filter((start) => from === undefined || start > from), from];
}

const open = ['Pending', 'Running', 'ContinuedAsNew'] as const;

/** What an instance in a phase can be for the engine, unless it is one that runs or has failed. */
const statusesIn: Partial<Record<ShownPhase, readonly RuntimeStatus[]>> = {
  terminated: ['Terminated', 'Canceled'],
  suspended: ['Suspended'],
  completed: ['Completed', ...open],
  // A sub-saga that failed has ended well for the host.
  failed: ['Failed', 'Completed', ...open],
};

const statusesOf = (phase: ShownPhase): readonly RuntimeStatus[] => statusesIn[phase] ?? ['Failed', ...open];

/** Entities share the task hub; their ids begin with @. Nothing is found by what may not be shown. */
function fits(instance: Instance, { name, phase, q }: SagaList, { redaction }: Listing): boolean {
  if (instance.instanceId.startsWith('@')) return false;
  if (name !== undefined && instance.name !== name) return false;
  if (phase !== undefined && phaseOf(instance) !== phase) return false;
  if (q === undefined) return true;
  const words = q.toLowerCase();
  return mentions(instance, words) && mentions(redaction(instance), words);
}

function mentions(instance: Instance, words: string): boolean {
  const { instanceId, name, input } = instance;
  const texts = [instanceId, name, statusOf(instance)?.correlationId ?? '', JSON.stringify(input ?? null)];
  return texts.some((text) => text.toLowerCase().includes(words));
}
