import { z } from 'zod';
import { sha256Of } from '../audit/canonical-json.ts';
import type { DurableInstances } from '../azure/durable-instances.ts';
import type { IdempotencyClaims } from '../azure/idempotency-claims.ts';
import type { OrderRecords } from '../azure/order-records.ts';
import { orderIdOf, orderInstanceId } from '../orders/order-id.ts';
import type { Order, OrderRequest } from '../orders/order.ts';
import { awaitStart } from './await-start.ts';
import { IdempotencyConflict } from './idempotency-conflict.ts';

/** Which order a key was first used for, and by whom. */
export const claimedOrderSchema = z.object({ sha256: z.string(), claimant: z.string() });

export interface OrderIntakeServices {
  readonly claims: IdempotencyClaims<z.infer<typeof claimedOrderSchema>>;
  readonly orders: Pick<OrderRecords, 'read'>;
  readonly newId: () => string;
}

export interface PlacedOrder {
  readonly wanted: OrderRequest;
  readonly idempotencyKey: string | undefined;
  readonly placedAt: Date;
  readonly correlationId: string;
  readonly traceparent: string | undefined;
}

/** How orders come in, as requests and as messages: one saga for each key, whatever is repeated. */
export interface OrderIntake {
  /** @throws IdempotencyConflict */
  take(placed: PlacedOrder, instances: DurableInstances): Promise<TakenOrder>;
}

export interface TakenOrder {
  readonly orderId: string;
  readonly instanceId: string;
}

export function createOrderIntake({ claims, orders, newId }: OrderIntakeServices): OrderIntake {
  return {
    async take({ wanted, idempotencyKey: key, placedAt, correlationId, traceparent }, instances) {
      const orderId = key === undefined ? orderIdOf(newId()) : orderIdOfKey(key);
      const instanceId = orderInstanceId(orderId);
      const claim = { sha256: sha256Of(wanted), claimant: newId() };
      const first = key === undefined ? claim : await claims.claim(key, claim);
      if (key !== undefined && first.sha256 !== claim.sha256) throw new IdempotencyConflict(key, 'orders');
      const order: Order = { ...wanted, id: orderId, placedAt: placedAt.toISOString(), correlationId, traceparent };
      const isRepeated = first.claimant !== claim.claimant;
      // The saga of a repeated one may have been purged; the order's record stays.
      const isTaken =
        isRepeated && ((await awaitStart(instances, instanceId)) || (await orders.read(orderId)) !== undefined);
      if (!isTaken) await instances.start('fulfilOrder', instanceId, order);
      return { orderId, instanceId };
    },
  };
}

/** The order that a key leads to. */
export const orderIdOfKey = (key: string): string => orderIdOf(`key ${key}`);
