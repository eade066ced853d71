import { setTimeout as sleep } from 'node:timers/promises';
import type { InvocationContext } from '@azure/functions';

/** By how often the message has been delivered; well within the minute for which a session is locked. */
const holdMs = [5_000, 10_000, 20_000, 40_000];

/**
 * Service Bus delivers at once what is given back, and dead-letters it after five times: an outage of a second would be the end of
 * every message that it meets. So a message whose processing fails is held for a while, and for longer each time.
 */
export async function holdBeforeGivingBack<T>(
  { triggerMetadata }: Pick<InvocationContext, 'triggerMetadata'>,
  process: () => Promise<T>,
  wait: (ms: number) => Promise<void> = sleep,
): Promise<T> {
  try {
    return await process();
  } catch (error) {
    const count = triggerMetadata?.['deliveryCount'];
    const ms = typeof count === 'number' ? holdMs[count - 1] : undefined;
    if (ms !== undefined) await wait(ms);
    throw error;
  }
}
