import type { AppSettings } from '../app-settings.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Invoke } from '../worker/contract.ts';

/** What triggers work with. */
export interface TriggerContext {
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
  readonly env: AppSettings;
}

export interface RunningTrigger {
  /** Starts no further invocation; resolves when those under way have ended. */
  stop(): Promise<void>;
}
