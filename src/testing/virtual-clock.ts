import type { Clock } from '../host/index.ts';

/** Time that stands still until it is told to go on. */
export interface VirtualClock extends Clock {
  /** Jumps to the earliest alarm and rings it; false when there is none. Alarms of one time ring in the order they were set. */
  jump(): boolean;
  /** Epoch milliseconds of the earliest alarm. */
  nextAlarm(): number | undefined;
  /** Goes forward, ringing what is due on the way. */
  advance(milliseconds: number): void;
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
  const ring = (alarm: Alarm): void => {
    alarms.delete(alarm);
    now = Math.max(now, alarm.at);
    alarm.fire();
  };
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
      if (alarm !== undefined) ring(alarm);
      return alarm !== undefined;
    },
    advance(milliseconds) {
      const end = now + milliseconds;
      for (let next = earliest(); next !== undefined && next.at <= end; next = earliest()) ring(next);
      now = end;
    },
  };
}
