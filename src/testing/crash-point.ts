import type { Clock } from '../host/index.ts';
import type { Invoke } from '../host/worker/contract.ts';

export interface CrashOptions {
  /** What the function answered is lost too, as where the host dies before it has saved it: the function runs again. */
  readonly unsaved?: boolean;
}

/** Where a host goes down: between two functions, or between a function and the checkpoint after it. */
export interface CrashPoint {
  /** @param after how many functions from now on, at least 1 */
  arm(after: number, options: CrashOptions): void;
  isDown(): boolean;
  readonly invoke: Invoke;
  /** The host's clock. */
  readonly clock: Clock;
  /** The host is halted and comes up again; what it waited for never comes. */
  recover(): void;
}

const gone = () => new Error('the host has crashed');

export function createCrashPoint(clock: Clock, invoke: Invoke): CrashPoint {
  const alarms = new Set<() => void>();
  let armed: { left: number; readonly isUnsaved: boolean } | undefined;
  let isDown = false;
  return {
    arm(after, { unsaved = false }) {
      if (!(Number.isInteger(after) && after >= 1)) {
        throw new RangeError(`crashAfter(${after}): give the number of functions that still run before it: 1, 2, 3, …`);
      }
      armed = { left: after, isUnsaved: unsaved };
    },
    isDown: () => isDown,
    async invoke(invocation) {
      if (isDown) throw gone();
      const result = await invoke(invocation);
      if (isDown) throw gone();
      if (armed === undefined || --armed.left > 0) return result;
      const { isUnsaved } = armed;
      armed = undefined;
      isDown = true;
      if (isUnsaved) throw gone();
      return result;
    },
    clock: {
      now: () => clock.now(),
      at(time, fire) {
        const cancel = clock.at(time, () => {
          alarms.delete(cancel);
          fire();
        });
        alarms.add(cancel);
        return () => {
          alarms.delete(cancel);
          cancel();
        };
      },
    },
    recover() {
      for (const cancel of alarms) cancel();
      alarms.clear();
      isDown = false;
    },
  };
}
