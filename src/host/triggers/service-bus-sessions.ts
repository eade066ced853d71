import type { ServiceBusSessionReceiver } from '@azure/service-bus';
import type { ServiceBusSettings } from '../host-json.ts';
import type { ServiceBusSource } from './service-bus-source.ts';
import type { ServiceBusWork } from './service-bus-work.ts';
import type { RunningTrigger } from './trigger.ts';

const pauseAfterTroubleMs = 1_000;

const isWaitingOver = (error: unknown) => (error as { readonly code?: unknown }).code === 'ServiceTimeout';

/** So many sessions at a time, each in order: the next message of a session waits for the one before. */
export function receiveSessions(
  source: ServiceBusSource,
  work: ServiceBusWork,
  { maxConcurrentSessions, sessionIdleTimeout, maxMessageBatchSize }: ServiceBusSettings,
): RunningTrigger {
  const stopping = new AbortController();
  const { signal } = stopping;
  const atOnce = work.isBatched ? maxMessageBatchSize : 1;

  const drain = async (session: ServiceBusSessionReceiver) => {
    while (!signal.aborted) {
      const options = { maxWaitTimeInMs: sessionIdleTimeout, abortSignal: signal };
      const messages = await session.receiveMessages(atOnce, options);
      if (messages.length === 0) return;
      await work.run(messages, session);
    }
  };
  const serveNext = async () => {
    const session = await unlessAborted(signal, source.nextSession(signal));
    try {
      await drain(session);
    } finally {
      await session.close();
    }
  };
  const serve = async () => {
    while (!signal.aborted) {
      try {
        await serveNext();
      } catch (error) {
        if (signal.aborted) return;
        if (isWaitingOver(error)) continue;
        work.report(error as Error);
        await new Promise((wake) => setTimeout(wake, pauseAfterTroubleMs));
      }
    }
  };
  const serving = Array.from({ length: maxConcurrentSessions }, serve);
  return {
    async stop() {
      stopping.abort();
      await Promise.all(serving);
    },
  };
}

/** The library heeds the signal only before and after it waits; a session that comes too late is given back. */
async function unlessAborted(
  signal: AbortSignal,
  waiting: Promise<ServiceBusSessionReceiver>,
): Promise<ServiceBusSessionReceiver> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => {
    aborted.reject(signal.reason);
    waiting.then((late) => late.close()).catch(() => undefined);
  };
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([waiting, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
