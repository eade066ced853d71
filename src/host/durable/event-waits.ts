/**
 * The host's half of waitForExternalEvent (DurableOrchestrationContext.WaitForExternalEvent and RaiseEvent): names without regard to
 * case, the newest waiter is served first, and what nobody waits for is kept in order of arrival.
 */
export interface EventWaits {
  wait(name: string, arrived: () => void): void;
  raise(name: string): void;
}

export function createEventWaits(): EventWaits {
  const waiting = new Map<string, (() => void)[]>();
  const early = new Map<string, number>();
  return {
    wait(name, arrived) {
      const key = name.toLowerCase();
      const count = early.get(key) ?? 0;
      if (count === 0) waiting.set(key, [...(waiting.get(key) ?? []), arrived]);
      else {
        early.set(key, count - 1);
        arrived();
      }
    },
    raise(name) {
      const key = name.toLowerCase();
      const arrived = waiting.get(key)?.pop();
      if (arrived === undefined) early.set(key, (early.get(key) ?? 0) + 1);
      else arrived();
    },
  };
}
