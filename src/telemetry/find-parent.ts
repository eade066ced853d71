import type { InvocationContext } from '@azure/functions';
import { parseTraceParent } from './trace-parent.ts';

export interface Parent {
  readonly parent: string | undefined;
  /** The host has told a span for this invocation. */
  readonly hostTells: boolean;
}

/**
 * The span that an invocation goes on from. A host hands every invocation a trace context of its own, also when it records nothing:
 * its span is worth being a child of only if it is sampled, and not merely what was `sent` with the request or the message.
 */
export function findParent(
  { traceContext }: Pick<InvocationContext, 'traceContext'>,
  sent: string | null | undefined,
): Parent {
  const host = traceContext?.traceParent;
  const hostTells = host !== undefined && host !== sent && parseTraceParent(host)?.isSampled === true;
  return { parent: hostTells ? host : (sent ?? undefined), hostTells };
}
