import type { InvocationContext } from '@azure/functions';

/** Stands around the processing of a message, which is told the trace that it is part of. */
export type ObserveMessage = <T>(
  queue: string,
  context: InvocationContext,
  process: (traceparent: string | undefined) => Promise<T>,
) => Promise<T>;
