import { z } from 'zod';
import type { ObserveMessage } from '../functions/observe-message.ts';
import { findParent } from './find-parent.ts';
import type { Metrics } from './metrics.ts';
import type { Recorder } from './recorder.ts';

/**
 * Senders that know OpenTelemetry say `traceparent`, the Azure SDKs `Diagnostic-Id`, both in the same form; the Functions library
 * makes the first letter of every name a small one.
 */
const propertiesSchema = z
  .object({ traceparent: z.string().optional(), 'diagnostic-Id': z.string().optional() })
  .catch({});

/** Tells each message as a span of its sender's trace, and counts it. `elapsed` measures real time, in milliseconds. */
export const observeMessages =
  (metrics: Metrics, recorder: Recorder, elapsed: () => number): ObserveMessage =>
  async (queue, context, process) => {
    const startedAt = elapsed();
    const properties = propertiesSchema.parse(context.triggerMetadata?.['applicationProperties']);
    const { parent, hostTells } = findParent(context, properties.traceparent ?? properties['diagnostic-Id']);
    const messageId = context.triggerMetadata?.['messageId'];
    const start = {
      name: `process ${queue}`,
      kind: hostTells ? 'internal' : 'consumer',
      parent,
      attributes: {
        'messaging.system': 'servicebus',
        'messaging.operation.type': 'process',
        'messaging.destination.name': queue,
        // The Functions library makes a number of an id that is digits alone.
        'messaging.message.id': ['string', 'number'].includes(typeof messageId) ? String(messageId) : undefined,
        'faas.invocation_id': context.invocationId,
      },
    } as const;
    const settled = (outcome: 'processed' | 'failed'): void =>
      metrics.messageDuration.record((elapsed() - startedAt) / 1000, { 'messaging.destination.name': queue, outcome });
    try {
      const result = await recorder.within(start, (span) => process(span.traceparent));
      settled('processed');
      return result;
    } catch (error) {
      settled('failed');
      throw error;
    }
  };
