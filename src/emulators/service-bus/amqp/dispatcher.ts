import type { Broker } from '../store/broker.ts';
import type { Queue } from '../store/queue-state.ts';

/** @returns whether it could use what the queue has; it is asked again until it cannot. */
export type Attempt = () => boolean;

export interface Dispatcher {
  /** Adds somebody who wants messages or a session of the queue. The answer takes it out again. */
  join(queue: Queue, attempt: Attempt): () => void;
  /** Tries all who joined, for instance after new credit. */
  run(queue: Queue): void;
}

/** Deals out what queues have, one message each in turn. */
export function createDispatcher(broker: Broker): Dispatcher {
  const attempts = new Map<Queue, Set<Attempt>>();
  const changed = new Set<Queue>();

  const run = (queue: Queue) => {
    const joined = attempts.get(queue) ?? new Set();
    // Whoever was served goes to the end, where this loop meets it again: the next message is somebody else's.
    for (const attempt of joined) if (attempt() && joined.delete(attempt)) joined.add(attempt);
  };

  const runChanged = () => {
    const queues = [...changed];
    changed.clear();
    queues.forEach(run);
  };
  broker.onChange((queue) => {
    if (changed.size === 0) queueMicrotask(runChanged);
    changed.add(queue);
  });

  return {
    run,
    join(queue, attempt) {
      const joined = attempts.get(queue) ?? new Set();
      attempts.set(queue, joined.add(attempt));
      return () => void joined.delete(attempt);
    },
  };
}
