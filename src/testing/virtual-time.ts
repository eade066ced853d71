import type { DurableInstances, DurableStatus } from './durable-instances.ts';
import { isEnded } from './durable-instances.ts';
import type { VirtualClock } from './virtual-clock.ts';

type IsSo = (status: DurableStatus) => boolean | Promise<boolean>;

export interface VirtualTime {
  now(): Date;
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>;
  /** Lets time go by, and everything happen that is due in it, in order. */
  advance(milliseconds: number): Promise<void>;
  /** Jumps to the next moment at which something is due; false when there is none. */
  jump(): Promise<boolean>;
  /** Jumps from moment to moment until the instance has ended. @throws where it does not end within `horizonMs` (30 days) */
  runToEnd(instanceId: string, horizonMs?: number): Promise<DurableStatus>;
  /** The same until its status is so. @throws where it ends before */
  runUntil(instanceId: string, isSo: IsSo, horizonMs?: number): Promise<DurableStatus>;
}

export interface VirtualTimeOptions {
  readonly clock: VirtualClock;
  readonly settle: () => Promise<void>;
  readonly status: DurableInstances['status'];
  /** What an instance waits for. */
  readonly describe: (instanceId: string) => string;
}

const defaultHorizonMs = 30 * 86_400_000;

export function createVirtualTime({ clock, settle, status, describe }: VirtualTimeOptions): VirtualTime {
  const jump = async () => {
    const isJump = clock.jump();
    await settle();
    return isJump;
  };
  const run = async (id: string, isOver: IsSo, horizonMs = defaultHorizonMs) => {
    const end = clock.now() + horizonMs;
    for (;;) {
      await settle();
      const found = await status(id);
      if (await isOver(found)) return found;
      if (isEnded(found)) {
        throw new Error(`Instance "${id}" has ended before: ${found.runtimeStatus} ${JSON.stringify(found.output)}`);
      }
      const next = clock.nextAlarm();
      if (next === undefined || next > end) {
        throw new Error(`Instance "${id}" of ${found.name} is still ${found.runtimeStatus}: it ${describe(id)}.`);
      }
      clock.jump();
    }
  };
  return {
    now: () => new Date(clock.now()),
    settle,
    jump,
    async advance(milliseconds) {
      const end = clock.now() + milliseconds;
      await settle();
      for (let next = clock.nextAlarm(); next !== undefined && next <= end; next = clock.nextAlarm()) await jump();
      clock.advance(end - clock.now());
    },
    runToEnd: (id, horizonMs) => run(id, isEnded, horizonMs),
    runUntil: run,
  };
}
