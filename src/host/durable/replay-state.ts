import type { EntityRequests } from './entities/entity-requests.ts';
import type { EventWaits } from './event-waits.ts';
import type { ScheduledTasks } from './scheduled-tasks.ts';
import type { Timestamp } from './timestamp.ts';

/** Who replays, and under which settings: a sub-orchestration may not have the id of the orchestration itself or of its parent. */
export interface ReplaySubject {
  readonly instanceId: string;
  readonly executionId: string;
  readonly parentInstanceId: string | undefined;
  /** Milliseconds until callHttp asks again where an answer does not say it. */
  readonly httpSleepTime: number;
  /** Of sub-orchestrations. */
  readonly defaultVersion: string | undefined;
}

/** What the actions of a replay share and change. */
export interface ReplayState {
  readonly subject: ReplaySubject;
  readonly tasks: ScheduledTasks;
  readonly events: EventWaits;
  readonly entities: EntityRequests;
  /** The orchestration's current time: that of the latest OrchestratorStarted. */
  now: Timestamp;
  continueAsNew: { readonly input: unknown } | undefined;
  /** Set when the execution cannot go on, whatever the worker says. */
  failure: { readonly kind: 'non-determinism' | 'illegal-action'; readonly message: string } | undefined;
}
