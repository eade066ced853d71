import type { FaultName } from './config.ts';
import { RetryableError } from './saga/index.ts';

/** Switches that make a part fail as an outage does, to try failure and recovery by hand and in tests. */
export interface Faults {
  readonly off: ReadonlySet<FaultName>;
  set(name: FaultName, state: 'on' | 'off'): void;
  /** @throws RetryableError `<name>_down` while the part is switched off */
  check(name: FaultName): void;
}

export function createFaults(initially: readonly FaultName[]): Faults {
  const off = new Set(initially);
  return {
    off,
    set(name, state) {
      if (state === 'off') off.add(name);
      else off.delete(name);
    },
    check(name) {
      if (off.has(name)) throw new RetryableError(`${name} is down (switched off)`, { code: `${name}_down` });
    },
  };
}
