/** What a step did in one instance: of several attempts, the first beginning and the last end. */
export interface StepRun {
  readonly step: string;
  readonly attempts: number;
  readonly milliseconds: number;
  readonly outcome: 'succeeded' | 'failed' | 'running';
  readonly error: string | undefined;
  readonly input: unknown;
  readonly output: unknown;
}

/** As much of the engine's own history as tells of steps. */
export interface RawHistory {
  readonly historyEvents?: readonly RawEvent[];
}

export interface RawEvent {
  readonly EventType: string;
  readonly Timestamp: string;
  readonly ScheduledTime?: string;
  readonly Input?: unknown;
  readonly Result?: unknown;
}

interface Attempt extends Omit<StepRun, 'attempts' | 'milliseconds'> {
  readonly start: number;
  readonly end: number;
}

/** Steps of a history in the order in which they first ended; undos and gates are none. */
export function readStepRuns({ historyEvents = [] }: RawHistory): StepRun[] {
  const attempts = new Map<string, Attempt[]>();
  for (const event of historyEvents) {
    const attempt = readAttempt(event);
    if (attempt !== undefined) attempts.set(attempt.step, [...(attempts.get(attempt.step) ?? []), attempt]);
  }
  return [...attempts.values()].flatMap((all) => {
    const [first, last] = [all.at(0), all.at(-1)];
    if (first === undefined || last === undefined) return [];
    const { start: _, end, ...rest } = last;
    return [{ ...rest, attempts: all.length, milliseconds: end - first.start }];
  });
}

interface Call {
  /** `instanceId/scope/step#n/do` or `…/undo`. */
  readonly key: string;
  readonly attempt: unknown;
  readonly input: unknown;
  /** Nothing while it runs. */
  readonly reply: Readonly<Record<string, unknown>> | undefined;
}

/** What the engine sent to an activity and got back; nothing for events that tell of something else. */
export function readCall({ EventType, Input, Result }: RawEvent): Call | undefined {
  if (!['TaskCompleted', 'TaskFailed', 'TaskScheduled'].includes(EventType)) return undefined;
  const request = [parsed(Input)].flat()[0];
  if (!isObject(request) || typeof request['idempotencyKey'] !== 'string') return undefined;
  const reply = parsed(Result);
  const { idempotencyKey: key, attempt, input } = request;
  return { key, attempt, input, reply: isObject(reply) ? reply : undefined };
}

const doneSteps = /^[^/]*\/(?<step>.+)\/do$/s;

function readAttempt(event: RawEvent): Attempt | undefined {
  const call = readCall(event);
  const step = doneSteps.exec(call?.key ?? '')?.groups?.['step'];
  if (call === undefined || step === undefined) return undefined;
  const { EventType, Timestamp, ScheduledTime } = event;
  const { reply, input } = call;
  const isOk = EventType === 'TaskCompleted' && reply?.['ok'] === true;
  const end = Date.parse(Timestamp);
  return {
    step,
    start: ScheduledTime === undefined ? end : Date.parse(ScheduledTime),
    end,
    outcome: EventType === 'TaskScheduled' ? 'running' : isOk ? 'succeeded' : 'failed',
    error: isObject(reply?.['error']) ? String(reply['error']['code']) : undefined,
    input,
    output: isOk ? reply['value'] : undefined,
  };
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
