import { setTimeout as sleep } from 'node:timers/promises';
import type { DurableInstances } from '../azure/durable-instances.ts';

const pollMs = 50;
const patienceMs = 3_000;

/**
 * Whether an instance is there that another request has set out to start. When it is not after a while, that request may have
 * crashed. To start it beside that one, rather than after it, could start it again when the first run ends in between.
 */
export async function awaitStart(instances: DurableInstances, instanceId: string): Promise<boolean> {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    if ((await instances.get(instanceId)) !== undefined) return true;
    if (waitedMs >= patienceMs) return false;
    await sleep(pollMs);
  }
}
