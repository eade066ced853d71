import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { checked } from './problem.ts';

/** Ids that can stand in headers, messages and log lines as they are. */
export const correlationIdSchema = z
  .string()
  .regex(/^[\w.:-]{1,128}$/, "must be 1 to 128 letters (A to Z, a to z), digits, '_', '.', ':' or '-'");

const querySchema = z.object({ correlationId: correlationIdSchema.optional() });
export const correlationHeaders = z.object({ 'X-Correlation-Id': correlationIdSchema.optional() });

export const isCorrelationId = (id: string | undefined): id is string => correlationIdSchema.safeParse(id).success;

/** The id that a request asks for, fit or not; an empty one asks for none. */
export const askedCorrelationId = (request: HttpRequest): string | undefined => inQuery(request) ?? inHeader(request);

/**
 * For a request that starts what is found by its id later: under another id than the one that was asked for it never would be.
 * @throws Problem `invalid`
 */
export function checkCorrelationId(request: HttpRequest): void {
  const correlationId = inQuery(request);
  checked(querySchema, { correlationId }, 'The query');
  if (correlationId === undefined)
    checked(correlationHeaders, { 'X-Correlation-Id': inHeader(request) }, 'The request');
}

const inQuery = ({ query }: HttpRequest): string | undefined => query.get('correlationId') || undefined;
const inHeader = ({ headers }: HttpRequest): string | undefined => headers.get('x-correlation-id') || undefined;
