import { z } from 'zod';
import { type DocumentRecord, documentStatuses, type DocumentStatus, documentStatusSchema } from './document-record.ts';

/** Documents of one correlation id that have one status. */
export interface BatchShare {
  readonly status: DocumentStatus;
  readonly documents: number;
  /** Of the first and the last that came in. */
  readonly firstUploadedAt: string;
  readonly lastUploadedAt: string;
}

/** What the processed documents of a batch come to in a currency; it is missing for those that name none. */
export const batchAmountSchema = z.object({
  currency: z.string().optional(),
  documents: z.number().int(),
  totalAmount: z.number(),
});
export type BatchAmount = z.infer<typeof batchAmountSchema>;

export const batchProgressSchema = z.object({
  /** `waiting`: all that is left to do is for people. */
  state: z.enum(['running', 'waiting', 'done']),
  total: z.number().int(),
  counts: z.record(documentStatusSchema, z.number().int()),
  /** Of the documents that have come to an end, rounded down: 100 when all have. */
  percent: z.number().int(),
  firstUploadedAt: z.string(),
  lastUploadedAt: z.string(),
});
export type BatchProgress = z.infer<typeof batchProgressSchema>;

/** Nothing for a batch without documents. */
export function computeBatchProgress(shares: readonly BatchShare[]): BatchProgress | undefined {
  const firstUploadedAt = shares.map((share) => share.firstUploadedAt).toSorted()[0];
  const lastUploadedAt = shares
    .map((share) => share.lastUploadedAt)
    .toSorted()
    .at(-1);
  if (firstUploadedAt === undefined || lastUploadedAt === undefined) return undefined;
  const countOf = (status: DocumentStatus): number => shares.find((share) => share.status === status)?.documents ?? 0;
  const counts = {
    processing: countOf('processing'),
    awaiting_review: countOf('awaiting_review'),
    processed: countOf('processed'),
    rejected: countOf('rejected'),
    failed: countOf('failed'),
  };
  const total = documentStatuses.reduce((sum, status) => sum + counts[status], 0);
  const waiting = counts.awaiting_review;
  return {
    state: counts.processing > 0 ? 'running' : waiting > 0 ? 'waiting' : 'done',
    total,
    counts,
    percent: Math.floor((100 * (total - counts.processing - waiting)) / total),
    firstUploadedAt,
    lastUploadedAt,
  };
}

export const computeBatchShares = (batch: readonly DocumentRecord[]): BatchShare[] =>
  groupBy(batch, ({ status }) => status).map(([status, documents]) => {
    const times = documents.map(({ uploadedAt }) => uploadedAt).toSorted();
    const [firstUploadedAt = '', lastUploadedAt = ''] = [times.at(0), times.at(-1)];
    return { status, documents: documents.length, firstUploadedAt, lastUploadedAt };
  });

export function computeBatchAmounts(batch: readonly DocumentRecord[]): BatchAmount[] {
  const amounts = batch.flatMap(({ status, extraction }) => {
    const { totalAmount, currency } = extraction?.fields ?? {};
    if (status !== 'processed' || typeof totalAmount?.value !== 'number') return [];
    return [{ currency: currency?.value, amount: totalAmount.value }];
  });
  return groupBy(amounts, ({ currency }) => currency).map(([currency, all]) => ({
    ...(currency !== undefined && { currency }),
    documents: all.length,
    totalAmount: all.reduce((sum, { amount }) => sum + amount, 0),
  }));
}

function groupBy<T, K>(all: readonly T[], keyOf: (one: T) => K): [K, T[]][] {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return [...groups];
}
