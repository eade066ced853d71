import { app } from '@azure/functions';
import { z } from 'zod';
import { durableClientInput, instancesOf } from '../azure/durable-instances.ts';
import type { RejectedMessages } from '../azure/rejected-messages.ts';
import { isCorrelationId } from '../http/correlation-id.ts';
import { invalid, sayingWhatIsKnown } from '../http/problem.ts';
import { IdempotencyConflict } from '../intake/idempotency-conflict.ts';
import type { OrderIntake } from '../intake/order-intake.ts';
import { type OrderRequest, orderRequestSchema } from '../orders/order.ts';
import { redact } from '../saga/operate.ts';
import { holdBeforeGivingBack } from './hold-before-giving-back.ts';
import type { ObserveMessage } from './observe-message.ts';

export const orderQueue = 'orders';
export const rejectedOrders = 'orders-rejected';

export interface OrderQueueServices {
  readonly intake: OrderIntake;
  readonly rejected: RejectedMessages;
  readonly observe: ObserveMessage;
  readonly newId: () => string;
}

/**
 * The Functions library reads each property as JSON where it is JSON, so that an id of digits arrives as a number. One beyond 2^53
 * has lost digits by then, and may be that of another message.
 */
const idSchema = z
  .union([z.string(), z.union([z.int(), z.boolean()]).transform(String)])
  .optional()
  .catch(undefined);

const metadataSchema = z.object({
  messageId: idSchema,
  sessionId: idSchema,
  correlationId: idSchema,
  enqueuedTimeUtc: z.coerce.date(),
});

/**
 * Orders as messages, each like the body of `POST /api/orders`. The sagas of a session's orders are started in their order, one
 * after the other, and then run side by side. The message's id is the idempotency key: whatever is delivered again leads to the
 * same saga. What can never be an order is set aside with the reason; any other failure gives the message back.
 */
export function registerOrderQueue({ intake, rejected, observe, newId }: OrderQueueServices): void {
  app.serviceBusQueue('orderQueue', {
    connection: 'SERVICE_BUS_CONNECTION',
    queueName: orderQueue,
    isSessionsEnabled: true,
    extraInputs: [durableClientInput],
    handler: (message, context) =>
      holdBeforeGivingBack(context, () =>
        observe(orderQueue, context, async (traceparent) => {
          const metadata = metadataSchema.parse(context.triggerMetadata);
          const { messageId, enqueuedTimeUtc: placedAt } = metadata;
          const setAside = async (reason: string, description: string): Promise<void> => {
            await rejected.keep({ ...metadata, body: message, reason, description });
            context.warn(`message ${messageId ?? '(no id)'} is set aside in '${rejectedOrders}': ${description}`);
          };
          const read = readOrder(message, messageId);
          if (!read.ok) return setAside(read.reason, read.description);
          const { wanted, idempotencyKey } = read;
          const ids = [metadata.correlationId, idempotencyKey];
          const correlationId = ids.find(isCorrelationId) ?? newId();
          const placed = { wanted, idempotencyKey, placedAt, correlationId, traceparent };
          try {
            const { orderId } = await intake.take(placed, instancesOf(context));
            context.debug(`message ${idempotencyKey} is order ${orderId}`);
          } catch (error) {
            if (!(error instanceof IdempotencyConflict)) throw error;
            await setAside('MessageIdReused', error.message);
          }
        }),
      ),
  });
}

type Read =
  | { readonly ok: true; readonly wanted: OrderRequest; readonly idempotencyKey: string }
  | { readonly ok: false; readonly reason: string; readonly description: string };

function readOrder(message: unknown, messageId: string | undefined): Read {
  if (typeof message !== 'object' || message === null || message instanceof Uint8Array) {
    const description = 'The body is no JSON object: send the order as JSON, in UTF-8.';
    return { ok: false, reason: 'DeserializationFailed', description };
  }
  if (messageId === undefined || messageId === '') {
    const description =
      'The message has no id by which it would be known again: give it one, and no number of more than 15 digits.';
    return { ok: false, reason: 'MissingMessageId', description };
  }
  const order = orderRequestSchema.safeParse(message, sayingWhatIsKnown);
  if (order.success) return { ok: true, wanted: order.data, idempotencyKey: messageId };
  const { message: description } = invalid(order.error, 'The order', redact(orderRequestSchema, message));
  return { ok: false, reason: 'InvalidOrder', description };
}
