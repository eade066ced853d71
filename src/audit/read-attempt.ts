import { z } from 'zod';
import { sha256Of } from './canonical-json.ts';
import type { Happening } from './entry.ts';
import type { HistoryEvent, TaskEvent } from './history.ts';

// What the engine sends to an activity and gets back. Read leniently: a trail must outlive the version that made the history.

const requestSchema = z.object({
  idempotencyKey: z.string(),
  correlationId: z.string().optional(),
  attempt: z.number().int(),
  input: z.unknown().optional(),
});

const errorSchema = z.object({ name: z.string(), code: z.string(), message: z.string() });

const replySchema = z.union([
  z.object({ ok: z.literal(true), value: z.unknown().optional() }),
  z.object({
    ok: z.literal(false),
    error: errorSchema.extend({ outcome: z.string().optional(), retryable: z.boolean().optional() }),
  }),
]);

export interface Attempt {
  readonly step: string;
  readonly isUndo: boolean;
  /** Undefined where the host keeps no inputs. */
  readonly key: string | undefined;
  readonly number: number | undefined;
  readonly correlationId: string | undefined;
  readonly input: unknown;
  readonly reply: Reply;
}

type Reply =
  | { readonly outcome: 'running' }
  | { readonly outcome: 'succeeded'; readonly value: unknown }
  | {
      readonly outcome: 'failed' | 'unknown';
      readonly error: z.infer<typeof errorSchema>;
      /** Whether a further attempt can help. */
      readonly retryable: boolean;
    };

const keyForm = /^.*?\/(?<step>.+)\/(?:do|undo)$/s;
const undoSuffix = '-undo';

export function parseAttempt(task: TaskEvent): Attempt {
  const request = requestSchema.safeParse(task.input).data;
  const key = request?.idempotencyKey;
  const isUndo = key === undefined ? task.name.endsWith(undoSuffix) : key.endsWith('/undo');
  return {
    step: keyForm.exec(key ?? '')?.groups?.['step'] ?? task.name,
    isUndo,
    key,
    number: request?.attempt,
    correlationId: request?.correlationId,
    input: request === undefined ? task.input : request.input,
    reply: parseReply(task),
  };
}

function parseReply({ state, result, failure = '' }: TaskEvent): Reply {
  switch (state) {
    case 'running':
      return { outcome: 'running' };
    case 'failed':
      return {
        outcome: 'unknown',
        error: { name: 'HostFailure', code: 'host_failure', message: failure },
        retryable: true,
      };
    case 'completed': {
      const reply = replySchema.safeParse(result).data;
      if (reply?.ok !== false) return { outcome: 'succeeded', value: reply === undefined ? result : reply.value };
      const { name, code, message, outcome, retryable = true } = reply.error;
      return { outcome: outcome === 'unknown' ? 'unknown' : 'failed', error: { name, code, message }, retryable };
    }
  }
}

export function readAttempt(task: TaskEvent): Happening {
  const { step, isUndo, key, number, input, reply } = parseAttempt(task);
  return {
    time: task.at,
    kind: isUndo ? 'undo' : 'attempt',
    step,
    attempt: number,
    outcome: reply.outcome,
    startedAt: task.startedAt,
    idempotencyKey: key,
    error: 'error' in reply ? reply.error : undefined,
    inputSha256: digest(input),
    outputSha256: reply.outcome === 'succeeded' ? digest(reply.value) : undefined,
  };
}

/** The first correlation id that a call carries; the history says it nowhere else. */
export function findCorrelationId(events: readonly HistoryEvent[]): string | undefined {
  for (const event of events) {
    const correlationId = event.type === 'task' ? parseAttempt(event).correlationId : undefined;
    if (correlationId !== undefined) return correlationId;
  }
  return undefined;
}

export const digest = (value: unknown): string | undefined => (value === undefined ? undefined : sha256Of(value));
