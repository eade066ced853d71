import { type Reply, type Request, requestSchema } from './call-protocol.ts';
import type { Stretch } from './execution.ts';
import type { SagaEvent } from './narrate.ts';

/** The instance that an event happened in. */
export interface ObservedSaga {
  readonly instanceId: string;
  /** The instance at the top. */
  readonly root: string;
  /** Where a sub-saga stands in the root's scopes. */
  readonly path: string | undefined;
  readonly saga: string;
  readonly version: string;
  readonly correlationId: string;
  /** The trace that the instance was started in. */
  readonly traceparent: string | undefined;
  readonly stretch: Stretch;
  readonly now: Date;
}

/** One attempt of an activity, or of its undo. */
export interface ObservedAttempt {
  readonly activity: string;
  readonly direction: 'do' | 'undo';
  readonly request: Request;
}

/** Whoever wants to know more than the log tells: it looks on, and changes nothing. */
export interface SagaObserver {
  /** Told of each event when it happens and never in a replay; again only where the host has to run an episode anew after a crash. */
  noted(event: SagaEvent, of: ObservedSaga): void;
  /** Stands around the work of an attempt; what `traceparent` it gives is the one that the activity sees. */
  attempted(attempt: ObservedAttempt, work: (traceparent: string | undefined) => Promise<Reply>): Promise<Reply>;
}

/** An activity's function with the observer around it; a request that is none is left to the function to refuse. */
export function observeAttempts(
  observer: SagaObserver | undefined,
  activity: string,
  direction: ObservedAttempt['direction'],
  execute: (request: unknown) => Promise<Reply>,
): (request: unknown) => Promise<Reply> {
  if (observer === undefined) return execute;
  return (raw) => {
    const parsed = requestSchema.safeParse(raw);
    if (!parsed.success) return execute(raw);
    const request = parsed.data;
    return observer.attempted({ activity, direction, request }, (traceparent) => execute({ ...request, traceparent }));
  };
}
