import { activityOutcome, activityRefused } from './activity-outcome.ts';
import type { EngineContext } from './context.ts';
import { runHttpActivity } from './http-activity.ts';
import { httpActivity } from './http-call.ts';
import { insertMessage } from './instance-rows.ts';
import type { ActivityRow, Message } from './store.ts';
import { createWorkQueue } from './work-queue.ts';

/** How long an activity or episode waits before it is tried again when the worker was gone. */
export const workerPauseMs = 1000;

export interface ActivityRunner {
  /** Runs the activities once everything written so far is committed. */
  run(activities: readonly ActivityRow[]): void;
  stop(): Promise<void>;
}

/**
 * Calls the activity functions. An activity's row stays until its result is written, so a crash repeats the ones that run and no
 * others; result and removal are one transaction, so a result counts once.
 */
export function createActivityRunner(
  context: EngineContext,
  deliver: (messages: readonly Message[]) => void,
): ActivityRunner {
  const { clock, commits, functions, log, newId, settings, stamp, store } = context;

  const call = async (row: ActivityRow) => {
    if (row.name === httpActivity) {
      const result = await runHttpActivity(context.fetch, row.input);
      return result.ok
        ? activityOutcome(row.name, row.taskId, result, stamp())
        : activityRefused(row.taskId, result.exception.message, stamp());
    }
    const activity = functions.findActivity(row.name);
    if (activity === undefined) {
      return activityRefused(row.taskId, functions.describeMissing('activity', row.name), stamp());
    }
    const inputs = activity.inputs(row.input === null ? undefined : { string: row.input });
    const result = await context.invoke({ functionName: activity.name, invocationId: newId(), inputs });
    return activityOutcome(row.name, row.taskId, result, stamp());
  };

  const run = async (row: ActivityRow): Promise<void> => {
    const event = await call(row);
    const message = commits.writeSoon(() => {
      store.deleteActivity(row.id);
      const { instanceId, executionId } = row;
      const isAwaited = store.findInstance(instanceId)?.executionId === executionId;
      return isAwaited ? insertMessage(context, { instanceId, executionId, event }) : undefined;
    });
    if (message !== undefined) deliver([message]);
  };

  const queue = createWorkQueue<ActivityRow>(settings.maxConcurrentActivityFunctions, run, (row, error) => {
    log(
      'warning',
      'Host.Durable',
      `Activity '${row.name}' of ${row.instanceId} was interrupted and runs again: ${String(error)}`,
    );
    clock.at(clock.now() + workerPauseMs, () => queue.add(row));
  });

  return {
    run(activities) {
      if (activities.length === 0) return;
      commits.committed().then(
        () => activities.forEach((row) => queue.add(row)),
        () => undefined,
      );
    },
    stop: () => queue.stop(),
  };
}
