import { z } from 'zod';
import type { DocumentEvents } from '../src/azure/document-events.ts';
import { documentEventSchema, documentEventTypes } from '../src/documents/document-event.ts';
import type { Faults } from '../src/faults.ts';
import { defineActivity, seconds } from '../src/saga/index.ts';

export interface NotificationServices {
  /** Absent when no topic is configured. */
  readonly events: DocumentEvents | undefined;
  readonly faults: Faults;
}

/** Tells subscribers what happened to a document; whoever got an event cannot un-get it, but a repetition carries the same id. */
export const publishEvents = defineActivity({
  name: 'publishEvents',
  input: z.object({
    documentId: z.string(),
    at: z.iso.datetime(),
    happened: z.array(z.object({ type: z.enum(documentEventTypes), data: z.record(z.string(), z.unknown()) })),
  }),
  output: z.object({ published: z.number().int() }),
  effect: 'none',
  timeoutMs: seconds(30),
  async run({ documentId, at, happened }, { events, faults }: NotificationServices, call) {
    faults.check('notification');
    if (events === undefined) return { published: 0 };
    await events.publish(
      happened.map(({ type, data }) =>
        documentEventSchema.parse({
          id: `${call.idempotencyKey}/${type}`,
          type,
          timestamp: at,
          version: '1.0',
          subject: documentId,
          source: '/documents',
          data,
          correlationId: call.correlationId,
        }),
      ),
    );
    return { published: happened.length };
  },
});
