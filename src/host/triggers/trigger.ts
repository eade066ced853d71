import type { AppSettings } from '../app-settings.ts';
import type { Clock } from '../clock.ts';
import type { ServiceClients } from '../connections/service-clients.ts';
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

/** What triggers of services work with. */
export interface ServiceTriggerContext extends TriggerContext {
  readonly clients: ServiceClients;
}

export interface RunningTrigger {
  /** Starts no further invocation; resolves when those under way have ended. */
  stop(): Promise<void>;
}
