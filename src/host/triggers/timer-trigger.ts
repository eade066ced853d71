import { join } from 'node:path';
import { resolveSettings } from '../app-settings.ts';
import type { AppFunction, Binding, TypedData } from '../worker/contract.ts';
import { invokeWithRetry } from './invoke-with-retry.ts';
import { parseSchedule } from './schedule.ts';
import { computeMissedOccurrence, readTimerStatus, writeTimerStatus, type TimerStatus } from './timer-status.ts';
import type { RunningTrigger, TriggerContext } from './trigger.ts';

const minute = 60_000;
/** .NET's DateTime.MinValue, which stands for "never" in a timer's status. */
const never = '0001-01-01T00:00:00+00:00';

const toText = (at: number | undefined) =>
  at === undefined ? never : new Date(at).toISOString().replace('Z', '+00:00');

/** TimerInfo as the timer extension writes it. */
export function createTimerInfo(status: TimerStatus | undefined, isPastDue: boolean): TypedData {
  const scheduleStatus = status && {
    Last: toText(status.last),
    LastUpdated: toText(status.lastUpdated),
    Next: toText(status.next),
  };
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: scheduleStatus ?? null,
      IsPastDue: isPastDue,
    }),
  };
}

interface TimerOptions {
  readonly runOnStartup: boolean;
  readonly useMonitor: boolean;
}

/** Schedules that repeat within a minute are never monitored, as in Functions. */
function readOptions(trigger: Binding, firstInterval: number): TimerOptions {
  return {
    runOnStartup: trigger['runOnStartup'] === true,
    useMonitor: trigger['useMonitor'] !== false && firstInterval >= minute,
  };
}

/**
 * Runs a function by its schedule, one run at a time. With a monitor the schedule survives the host: an occurrence that no
 * host saw, or whose run was cut off, is made up for at the next start, once.
 *
 * @throws for a schedule or time zone that is not valid.
 */
export function startTimerTrigger(
  fn: AppFunction,
  trigger: Binding,
  dataDir: string,
  context: TriggerContext,
): RunningTrigger {
  const { clock, log, env } = context;
  const schedule = parseSchedule(resolveSettings(String(trigger['schedule']), env), env['WEBSITE_TIME_ZONE'] ?? 'UTC');
  const start = clock.now();
  const firstDue = schedule.next(start);
  const options = readOptions(trigger, schedule.next(firstDue) - firstDue);
  const file = join(dataDir, 'timers', `${encodeURIComponent(fn.name)}.json`);
  const stopping = new AbortController();
  let status = options.useMonitor ? readTimerStatus(file) : undefined;
  let running = Promise.resolve();
  let cancel: (() => void) | undefined;

  const keep = (next: TimerStatus) => {
    status = next;
    writeTimerStatus(file, next);
  };
  const run = async (occurrence: number | undefined, isPastDue: boolean) => {
    const inputs = new Map([[trigger.name, createTimerInfo(status, isPastDue)]]);
    const retry = { ...context, policy: fn.retry, signal: stopping.signal };
    const result = await invokeWithRetry({ functionName: fn.name, inputs }, retry).catch((error: Error) => {
      log('error', `Function.${fn.name}`, error.message);
    });
    const isCutOff = stopping.signal.aborted && !result?.ok;
    if (isCutOff || !options.useMonitor || occurrence === undefined) return;
    const now = Math.max(clock.now(), occurrence);
    keep({ last: occurrence, next: schedule.next(now), lastUpdated: now });
  };
  const wait = (after: number) => {
    if (stopping.signal.aborted) return;
    const due = schedule.next(Math.max(after, clock.now()));
    cancel = clock.at(due, () => {
      running = run(due, false).then(() => wait(due));
    });
  };

  const missed = computeMissedOccurrence(schedule, status, start);
  if (options.useMonitor && !status) keep({ next: firstDue, lastUpdated: start });
  if (missed === undefined && !options.runOnStartup) wait(start);
  else running = run(missed, missed !== undefined).then(() => wait(start));

  return {
    async stop() {
      stopping.abort();
      cancel?.();
      await running;
    },
  };
}
