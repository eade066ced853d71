import type { Clock } from '../../../src/host/clock.ts';

/** Time that stands still until it is told to go on. */
export interface VirtualClock extends Clock {
  /** Jumps to the earliest alarm and rings it; false when there is none. */
  jump(): boolean;
  /** Epoch milliseconds of the earliest alarm. */
  nextAlarm(): number | undefined;
}

interface Alarm {
  readonly at: number;
  readonly fire: () => void;
}

export function createVirtualClock(startsAt: Date): VirtualClock {
  let now = startsAt.getTime();
  const alarms = new Set<Alarm>();
  const earliest = (): Alarm | undefined =>
    [...alarms].reduce<Alarm | undefined>(
      (first, alarm) => (first === undefined || alarm.at < first.at ? alarm : first),
      undefined,
    );
  return {
    now: () => now,
    at(at, fire) {
      const alarm = { at, fire };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
    nextAlarm: () => earliest()?.at,
    jump() {
      const alarm = earliest();
      if (alarm === undefined) return false;
      alarms.delete(alarm);
      now = Math.max(now, alarm.at);
      alarm.fire();
      return true;
    },
  };
}
