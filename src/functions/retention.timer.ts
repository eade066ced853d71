import { app } from '@azure/functions';
import {
  durableClientInput,
  type DurableInstances,
  endedStatuses,
  type Instance,
  instancesOf,
} from '../azure/durable-instances.ts';
import type { Deletion } from '../audit/history.ts';
import type { RetentionConfig } from '../config.ts';
import { archiveAndPurge, type Purging } from '../ops/archive-and-purge.ts';
import { awaitsDecision } from '../ops/saga-view.ts';

export interface RetentionServices extends Purging {
  readonly now: () => Date;
}

/** Moves what ended long ago out of the engine and into the archive. */
export function registerRetention({ days, schedule }: RetentionConfig, services: RetentionServices): void {
  app.timer('retention', {
    schedule,
    extraInputs: [durableClientInput],
    handler: async (_timer, context) => {
      const now = services.now();
      const before = new Date(now.getTime() - days * 24 * 60 * 60 * 1000);
      const deletion = { at: now.toISOString(), by: 'retention', reason: `ended before ${before.toISOString()}` };
      const { purged, failures } = await retireInstances(instancesOf(context), before, deletion, services);
      if (purged > 0) context.info(`${purged} instances that ended before ${before.toISOString()} archived and purged`);
      if (failures.length > 0) throw new AggregateError(failures, describe(failures));
    },
  });
}

interface Retired {
  readonly purged: number;
  readonly failures: readonly unknown[];
}

/** One instance that cannot be archived stays, and holds up no other. */
async function retireInstances(
  instances: DurableInstances,
  before: Date,
  deletion: Deletion,
  purging: Purging,
): Promise<Retired> {
  const failures: unknown[] = [];
  let purged = 0;
  for (const { instanceId } of await findOld(instances, before)) {
    try {
      const { state } = await archiveAndPurge(instances, instanceId, deletion, purging);
      if (state === 'purged') purged++;
    } catch (error) {
      failures.push(new Error(`${instanceId} could not be archived and stays`, { cause: error }));
    }
  }
  return { purged, failures };
}

/** What awaits a decision stays for as long as that takes. */
async function findOld(instances: DurableInstances, before: Date): Promise<Instance[]> {
  const ended = await instances.list({ runtimeStatus: endedStatuses, createdTo: before });
  return ended.filter((instance) => instance.lastUpdatedTime < before && !awaitsDecision(instance));
}

const describe = (failures: readonly unknown[]): string =>
  failures.map((failure) => (failure instanceof Error ? failure.message : String(failure))).join('; ');
