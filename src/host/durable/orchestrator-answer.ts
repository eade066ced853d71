import { isObject } from '../is-object.ts';
import type { InvocationResult, TypedData } from '../worker/contract.ts';
import { type EntityId, formatEntityId, parseEntityId } from './entities/entity-id.ts';
import { readPassedFailure } from './failure-details.ts';
import type { FailureDetails } from './history.ts';
import type { DurableHttpRequest } from './http-call.ts';
import { parseTimestamp, type Timestamp } from './timestamp.ts';

/** What an orchestrator function says each time it is called: every action since its start, and how it ended if it did. */
export interface OrchestratorAnswer {
  readonly actions: readonly Action[];
  readonly end: AnswerEnd;
  /** Serialised; null when the orchestrator has set none in this replay. */
  readonly customStatus: string | null;
  /** Characters of JSON that the actions came in. */
  readonly size: number;
}

export type AnswerEnd =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'done'; readonly output: string | null }
  /** The function was not called, or did not come to an end. */
  | { readonly kind: 'unanswered'; readonly error: string }
  /** `stack` is null when the message was all that the worker sent. */
  | {
      readonly kind: 'failed';
      readonly error: string;
      readonly stack: string | null;
      readonly details: FailureDetails | null;
    };

export type Action =
  | {
      readonly kind: 'activity';
      readonly name: string;
      readonly input: unknown;
      readonly retry: RetryPolicy | undefined;
    }
  | {
      readonly kind: 'sub-orchestration';
      readonly name: string;
      readonly instanceId: string | undefined;
      /** Without it, the host's own. */
      readonly version: string | undefined;
      readonly input: unknown;
      readonly retry: RetryPolicy | undefined;
    }
  | { readonly kind: 'timer'; readonly fireAt: Timestamp; readonly isCanceled: boolean }
  | { readonly kind: 'event'; readonly name: string }
  | { readonly kind: 'http'; readonly request: DurableHttpRequest }
  /** `target` is the entity's instance id, `input` JSON text. */
  | { readonly kind: 'call-entity'; readonly target: string; readonly operation: string; readonly input: string | null }
  | {
      readonly kind: 'signal-entity';
      readonly target: string;
      readonly operation: string;
      readonly input: string | null;
      /** Not to be delivered before. */
      readonly due: Timestamp | undefined;
    }
  | { readonly kind: 'lock'; readonly entities: readonly EntityId[] }
  | { readonly kind: 'release' }
  | { readonly kind: 'continue-as-new'; readonly input: unknown }
  | { readonly kind: 'when-all' | 'when-any'; readonly actions: readonly Action[] };

export interface RetryPolicy {
  readonly firstIntervalMs: number;
  readonly maxAttempts: number;
  readonly backoffCoefficient: number;
  readonly maxIntervalMs: number;
  readonly timeoutMs: number;
}

/** durable-functions puts its state behind this mark into the message of the exception that a failed orchestrator throws. */
const stateMark = '\n\n$OutOfProcData$:';
const maxCustomStatusKilobytes = 16;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Never throws: an answer that cannot be understood is a failure of the orchestrator, as in the extension.
 *
 * @param before The instance's last answer: the worker may leave out actions that stood there already.
 */
export function parseAnswer(
  functionName: string,
  result: InvocationResult,
  before?: OrchestratorAnswer,
): OrchestratorAnswer {
  try {
    if (result.ok) {
      const text = textOf(result.returnValue);
      const answer = { ...readState(JSON.parse(text), null), size: text.length };
      const { keptActions = 0 } = result;
      if (before === undefined || keptActions === 0) return answer;
      const actions = [...before.actions.slice(0, keptActions), ...answer.actions];
      return { ...answer, actions, size: before.size + answer.size };
    }
    const { type, message, stackTrace } = result.exception;
    if (type !== undefined) return unanswered(message);
    const state = readFailureState(message);
    if (state !== undefined) return readState(state, stackTrace);
    // The extension sees no more of such an exception than this wrapper's message.
    return failedAnswer(`One or more errors occurred. (Exception while executing function: ${functionName})`, message);
  } catch (error) {
    return failedAnswer(error instanceof Error ? error.message : String(error), null);
  }
}

const withoutActions = (end: AnswerEnd): OrchestratorAnswer => ({ actions: [], end, customStatus: null, size: 0 });

export const unanswered = (error: string): OrchestratorAnswer => withoutActions({ kind: 'unanswered', error });

/** What cannot be understood: to the extension, code that has failed before it asked for anything. */
const failedAnswer = (error: string, stack: string | null): OrchestratorAnswer =>
  withoutActions({ kind: 'failed', error, stack, details: null });

function textOf(data: TypedData): string {
  if (data !== undefined && 'json' in data) return data.json;
  if (data !== undefined && 'string' in data) return data.string;
  throw new Error('Out of proc orchestrators must return a valid JSON schema');
}

function readFailureState(message: string): unknown {
  const at = message.indexOf(stateMark);
  if (at < 0) return undefined;
  const state: unknown = JSON.parse(message.slice(at + stateMark.length));
  const isValid = isObject(state) && state.isDone === false && typeof state.error === 'string' && state.error !== '';
  return isValid ? state : undefined;
}

function readState(state: unknown, stack: string | null): OrchestratorAnswer {
  if (!isObject(state) || !Array.isArray(state.actions)) {
    throw new Error('Out of proc orchestrators must return a valid JSON schema');
  }
  const customStatus = serialise(state.customStatus);
  const kilobytes = ((customStatus?.length ?? 0) * 2) / 1024;
  if (kilobytes > maxCustomStatusKilobytes) {
    throw new Error(
      `The UTF-16 size of the JSON-serialized payload must not exceed ${maxCustomStatusKilobytes} KB. ` +
        `The current payload size is ${kilobytes.toLocaleString('en-US', { maximumFractionDigits: 0 })} KB.`,
    );
  }
  const batches: readonly unknown[] = state.actions;
  if (batches.length !== 1 || !Array.isArray(batches[0])) {
    throw new Error(
      `With OOProc schema V3, expected actions array to be of length 1 in outer layer but got size: ${batches.length}`,
    );
  }
  return { actions: readActions(batches[0]), end: readEnd(state, stack), customStatus, size: 0 };
}

function readEnd(state: Fields, stack: string | null): AnswerEnd {
  if (typeof state.error === 'string' && state.error !== '') {
    return { kind: 'failed', error: state.error, stack, details: readPassedFailure(state.failureDetails) };
  }
  return state.isDone === true ? { kind: 'done', output: serialise(state.output) } : { kind: 'waiting' };
}

/** JSON text as it travels in events, where absent and null are both null. */
export const serialise = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value);

const readActions = (actions: readonly unknown[]): readonly Action[] => actions.map(readAction);

function readAction(action: unknown): Action {
  if (!isObject(action)) throw new Error(`An action of an orchestrator must be an object, but is ${String(action)}.`);
  switch (action.actionType) {
    case 0:
      return { kind: 'activity', name: text(action, 'functionName'), input: action.input, retry: undefined };
    case 1:
      return { kind: 'activity', name: text(action, 'functionName'), input: action.input, retry: readRetry(action) };
    case 2:
      return { ...readSubOrchestration(action), retry: undefined };
    case 3:
      return { ...readSubOrchestration(action), retry: readRetry(action) };
    case 4:
      return { kind: 'continue-as-new', input: action.input };
    case 5:
      return { kind: 'timer', fireAt: readTime(action), isCanceled: action.isCanceled === true };
    case 6:
      return { kind: 'event', name: text(action, 'externalEventName') };
    case 7:
      return { kind: 'call-entity', ...readOperation(action) };
    case 8:
      return { kind: 'http', request: readHttpRequest(action) };
    case 9:
      return { kind: 'signal-entity', ...readOperation(action), due: undefined };
    case 10:
      return { kind: 'signal-entity', ...readOperation(action), due: readTime(action) };
    case 11:
      return { kind: 'when-any', actions: readCompound(action) };
    case 12:
      return { kind: 'when-all', actions: readCompound(action) };
    case 13:
      return { kind: 'lock', entities: readLockSet(action) };
    case 14:
      return { kind: 'release' };
    default:
      throw new Error(`The embedded host does not know action type ${String(action.actionType)}.`);
  }
}

const readSubOrchestration = (action: Fields) => ({
  kind: 'sub-orchestration' as const,
  name: text(action, 'functionName'),
  instanceId: typeof action.instanceId === 'string' && action.instanceId.trim() !== '' ? action.instanceId : undefined,
  version: typeof action.version === 'string' ? action.version : undefined,
  input: action.input,
});

function readOperation(action: Fields) {
  const id = text(action, 'instanceId');
  const entity = parseEntityId(id);
  if (entity === undefined) throw new Error(`An entity's id must look like @name@key, but is ${JSON.stringify(id)}.`);
  return { target: formatEntityId(entity), operation: text(action, 'operation'), input: serialise(action.input) };
}

function readLockSet({ lockSet }: Fields): readonly EntityId[] {
  const entities = Array.isArray(lockSet) ? (lockSet as readonly EntityId[]) : [];
  return entities.map(({ name, key }) => ({ name: name.toLowerCase(), key }));
}

function readHttpRequest({ httpRequest }: Fields): DurableHttpRequest {
  const request: Fields = isObject(httpRequest) ? httpRequest : {};
  const { method, uri } = request;
  if (typeof method !== 'string' || typeof uri !== 'string') {
    throw new Error(`A callHttp needs a method and a URL, but has ${String(method)} and ${String(uri)}.`);
  }
  return { asynchronousPatternEnabled: true, ...request, method, uri };
}

const readCompound = (action: Fields): readonly Action[] =>
  Array.isArray(action.compoundActions) ? readActions(action.compoundActions) : [];

function readRetry(action: Fields): RetryPolicy {
  const options = isObject(action.retryOptions) ? action.retryOptions : {};
  const number = (name: string, otherwise: number): number => {
    const value = options[name];
    return typeof value === 'number' ? value : otherwise;
  };
  return {
    firstIntervalMs: number('firstRetryIntervalInMilliseconds', 0),
    maxAttempts: number('maxNumberOfAttempts', 1),
    backoffCoefficient: number('backoffCoefficient', 1),
    maxIntervalMs: number('maxRetryIntervalInMilliseconds', Infinity),
    timeoutMs: number('retryTimeoutInMilliseconds', Infinity),
  };
}

function readTime(action: Fields): Timestamp {
  const value = text(action, 'fireAt');
  const time = parseTimestamp(value);
  if (time === undefined) throw new Error(`A fireAt must be a date, but is ${JSON.stringify(value)}.`);
  return time;
}

function text(action: Fields, name: string): string {
  const value = action[name];
  if (typeof value === 'string') return value;
  throw new Error(
    `An action of type ${String(action.actionType)} needs a string as its ${name}, but has ${String(value)}.`,
  );
}
