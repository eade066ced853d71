import { z } from 'zod';
import type { DocumentRecords } from '../azure/document-records.ts';
import { pageShape } from '../azure/pages.ts';
import { type BatchAmount, batchAmountSchema, batchProgressSchema, computeBatchProgress } from '../documents/batch.ts';
import { documentRecordSchema, documentStatusSchema } from '../documents/document-record.ts';
import { correlationIdSchema } from '../http/correlation-id.ts';
import {
  checkedQuery,
  type Endpoint,
  type EndpointCall,
  type EndpointReply,
  eventStream,
  noContent,
  routeParameter,
} from '../http/endpoint.ts';
import { answerNextEvent, liveQuerySchema } from '../http/live-events.ts';
import { Problem } from '../http/problem.ts';

export interface BatchEndpointServices {
  readonly records: DocumentRecords;
  readonly now: () => Date;
}

/** All documents that came in under one correlation id, with one request or with many. */
export const batchEndpoints = (services: BatchEndpointServices): Endpoint[] => [
  {
    name: 'getBatch',
    method: 'GET',
    route: 'batches/{correlationId}',
    summary: 'How far a batch is, what it comes to, and its documents',
    query: pageSchema,
    answers: { 200: batchViewSchema },
    handle: (call) => getBatch(services, call),
  },
  {
    name: 'getBatchEvents',
    method: 'GET',
    route: 'events/stream',
    summary: 'Live progress of a batch, an event an answer; 204 when nothing is left to do',
    query: streamSchema,
    answers: { 200: eventStream, 204: noContent },
    handle: (call) => nextEvent(services, call),
  },
];

/** What the API shows of a batch. */
const batchViewSchema = z.object({
  correlationId: z.string(),
  ...batchProgressSchema.shape,
  /** Of the documents that were processed, by currency. */
  amounts: z.array(batchAmountSchema).readonly(),
  /** A page of them, newest first. */
  documents: z.array(documentRecordSchema).readonly(),
  continuation: z.string().optional(),
});
export type BatchView = z.infer<typeof batchViewSchema>;

const pageSchema = z.object({
  status: documentStatusSchema.optional(),
  ...pageShape,
});

async function getBatch({ records }: BatchEndpointServices, call: EndpointCall): Promise<EndpointReply> {
  const correlationId = routeParameter(call.request, 'correlationId');
  const query = checkedQuery(pageSchema, call);
  const [shares, amounts, page] = await Promise.all([
    records.countBatch(correlationId),
    records.sumBatch(correlationId),
    records.query({ ...query, correlationId }),
  ]);
  const progress = computeBatchProgress(shares);
  if (progress === undefined) {
    throw new Problem(
      404,
      'not_found',
      `No document has come in under correlation id '${correlationId}': POST /api/documents?correlationId=… puts one in.`,
    );
  }
  const view: BatchView = { correlationId, ...progress, amounts: amounts.map(withoutNoise), ...page };
  return { status: 200, jsonBody: view };
}

/** Sums of decimals are a hair off; no currency has more than four digits behind the point (ISO 4217). */
const withoutNoise = (amount: BatchAmount): BatchAmount => ({
  ...amount,
  totalAmount: Math.round(amount.totalAmount * 10_000) / 10_000,
});

/** More of a batch may be on its way for this long after the last that came in. */
const stillComingMs = 10_000;

const streamSchema = liveQuerySchema.extend({ correlationId: correlationIdSchema });

/** Live progress of a batch, until nothing is left to do for anybody. A batch that nothing is known of is waited for. */
async function nextEvent({ records, now }: BatchEndpointServices, call: EndpointCall): Promise<EndpointReply> {
  const { correlationId, ...query } = checkedQuery(streamSchema, call);
  return answerNextEvent(call, query, {
    event: 'batch',
    now,
    pollMs: 1_000,
    async look() {
      const progress = computeBatchProgress(await records.countBatch(correlationId));
      if (progress === undefined) return undefined;
      const isComing = now().getTime() < Date.parse(progress.lastUploadedAt) + stillComingMs;
      return {
        id: Object.values(progress.counts).join('-'),
        mayChange: progress.state !== 'done' || isComing,
        read: async () => ({ correlationId, ...progress }),
      };
    },
  });
}
