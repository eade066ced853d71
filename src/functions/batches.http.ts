import { z } from 'zod';
import type { DocumentRecords } from '../azure/document-records.ts';
import { type BatchAmount, type BatchProgress, computeBatchProgress } from '../documents/batch.ts';
import { type DocumentRecord, documentStatusSchema } from '../documents/document-record.ts';
import {
  correlationIdForm,
  type Endpoint,
  type EndpointCall,
  type EndpointReply,
  routeParameter,
} from '../http/endpoint.ts';
import { answerNextEvent } from '../http/live-events.ts';
import { checked, Problem } from '../http/problem.ts';
import { checkedPage } from './checked-page.ts';

export interface BatchEndpointServices {
  readonly records: DocumentRecords;
  readonly now: () => Date;
}

/** All documents that came in under one correlation id, with one request or with many. */
export const batchEndpoints = (services: BatchEndpointServices): Endpoint[] => [
  { name: 'getBatch', method: 'GET', route: 'batches/{correlationId}', handle: (call) => getBatch(services, call) },
  { name: 'getBatchEvents', method: 'GET', route: 'events/stream', handle: (call) => nextEvent(services, call) },
];

/** What the API shows of a batch. */
export interface BatchView extends BatchProgress {
  readonly correlationId: string;
  /** Of the documents that were processed, by currency. */
  readonly amounts: readonly BatchAmount[];
  /** A page of them, newest first. */
  readonly documents: readonly DocumentRecord[];
  readonly continuation?: string | undefined;
}

const pageSchema = z.object({
  status: documentStatusSchema.optional(),
  top: z.coerce.number().int().min(1).max(100).default(50),
  continuation: z.string().optional(),
});

async function getBatch({ records }: BatchEndpointServices, { request }: EndpointCall): Promise<EndpointReply> {
  const correlationId = routeParameter(request, 'correlationId');
  const query = checked(pageSchema, Object.fromEntries(request.query), 'The query');
  const [shares, amounts, page] = await Promise.all([
    records.countBatch(correlationId),
    records.sumBatch(correlationId),
    checkedPage(records.query({ ...query, correlationId })),
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

const streamSchema = z.object({ correlationId: z.string().regex(correlationIdForm) });

/** Live progress of a batch, until nothing is left to do for anybody. A batch that nothing is known of is waited for. */
async function nextEvent({ records, now }: BatchEndpointServices, call: EndpointCall): Promise<EndpointReply> {
  const { correlationId } = checked(streamSchema, Object.fromEntries(call.request.query), 'The query');
  return answerNextEvent(call, {
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
