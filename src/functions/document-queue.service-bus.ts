import { app } from '@azure/functions';
import { z } from 'zod';
import { durableClientInput, instancesOf } from '../azure/durable-instances.ts';
import type { Intake } from '../intake/intake.ts';
import { holdBeforeGivingBack } from './hold-before-giving-back.ts';
import type { ObserveMessage } from './observe-message.ts';

export const documentQueue = 'document-processing';

const eventSchema = z.object({ subject: z.string() });
/** The Event Grid schema delivers an array or one event, the CloudEvents schema one event; both have what is needed. */
const messageSchema = z.union([eventSchema, z.array(eventSchema)]);

const incomingBlob = /\/containers\/incoming\/blobs\/(.+)$/;

/**
 * BlobCreated events, as Event Grid puts them into the queue. A message that is no such event is given back until the queue
 * dead-letters it, so that nothing vanishes.
 */
export function registerDocumentQueue(intake: Intake, observe: ObserveMessage): void {
  app.serviceBusQueue('documentQueue', {
    connection: 'SERVICE_BUS_CONNECTION',
    queueName: documentQueue,
    extraInputs: [durableClientInput],
    handler: (message, context) =>
      observe(documentQueue, context, async (traceparent) => {
        const parsed = messageSchema.safeParse(message);
        if (!parsed.success) {
          throw new Error(`this message is no BlobCreated event of Event Grid: ${z.prettifyError(parsed.error)}`);
        }
        for (const { subject } of [parsed.data].flat()) {
          const blobName = incomingBlob.exec(subject)?.[1];
          if (blobName === undefined) {
            context.log(`ignored an event for ${subject}: it is not in container 'incoming'`);
            continue;
          }
          const announced = await holdBeforeGivingBack(context, () =>
            intake.announce(blobName, instancesOf(context), traceparent),
          );
          context.debug(`blob ${blobName}: ${announced.state}`);
        }
      }),
  });
}
