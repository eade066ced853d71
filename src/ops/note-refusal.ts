import { type Refusal, refusedEvent } from '../audit/refusal.ts';
import { hasEnded } from '../azure/durable-instances.ts';
import type { Refusals } from '../azure/refusals.ts';
import { nameOf } from '../http/caller.ts';
import type { EndpointCall } from '../http/endpoint.ts';
import type { EndpointName, Role } from '../http/roles.ts';

/**
 * Puts on record that a caller lacked the role for something: in the log, and with the instance that it was about. Of each who and
 * what, only the first counts there, so that nobody who may not change an instance can lengthen its history.
 */
export async function noteRefusal(
  { refusals, now }: { readonly refusals: Refusals; readonly now: () => Date },
  { request, caller, instances, log, correlationId }: EndpointCall,
  operation: EndpointName,
  needed: Role,
): Promise<void> {
  const reason = `needs role '${needed}', has ${caller.role === undefined ? 'none' : `'${caller.role}'`}`;
  const refusal: Refusal = { at: now().toISOString(), operation, by: nameOf(caller), reason };
  const instanceId = new URL(request.url).pathname.includes('/sagas/') ? request.params['id'] : undefined;
  log.warn(JSON.stringify({ event: 'saga.refused', instanceId, ...refusal, correlationId }));
  const instance = instanceId === undefined ? undefined : await instances.get(instanceId);
  if (instance === undefined) return;
  if (!hasEnded(instance)) {
    const isFirst = await refusals.keep(instance, 'history', refusal);
    if (!isFirst || (await instances.raiseEvent(instance.instanceId, refusedEvent, refusal)) === 'accepted') return;
  }
  await refusals.keep(instance, 'beside', refusal);
}
