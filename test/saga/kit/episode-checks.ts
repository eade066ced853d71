import { sagaStatusSchema, type SagaStatus } from '../../../src/saga/operate.ts';
import type { InvocationResult } from '../../../src/host/worker/contract.ts';

interface HistoryEvent {
  /** Of a TimerFired. */
  readonly TimerId?: number;
  /** Of an ExecutionStarted. */
  readonly OrchestrationInstance?: { readonly ExecutionId: string };
}

/** What an orchestrator function is called with. */
export interface EpisodeInput {
  readonly instanceId: string;
  readonly history: readonly HistoryEvent[];
}

interface State {
  readonly isDone: boolean;
  readonly actions: readonly (readonly unknown[])[];
  readonly customStatus?: unknown;
  readonly error?: string;
}

const stateMark = '\n\n$OutOfProcData$:';
const longestStatus = 16 * 1024;

/**
 * Checks each episode of each instance, whatever the test is about:
 * 1. A replay asks for what was asked for before, inputs and due times included; the engine itself compares only names. What is
 *    numbered counts, in its order, wherever it is listed: operations side by side share an action that grows.
 * 2. The custom status fits its schema and the extension's limit.
 * 3. An instance that ends leaves no timer: on Azure it would end only with it.
 */
export function createEpisodeChecks() {
  const seen = new Map<string, readonly string[]>();
  return {
    /** Answers the status that the episode has set. @throws Error that says which promise was broken */
    check({ instanceId, history }: EpisodeInput, result: InvocationResult): SagaStatus | undefined {
      const state = stateOf(result);
      if (state === undefined) return undefined;
      const tasks = (state.actions[0] ?? []).flatMap(numberedTasks);
      const texts = tasks.map(textOf);
      const generation = history.find((event) => event.OrchestrationInstance !== undefined)?.OrchestrationInstance;
      const execution = `${instanceId} ${generation?.ExecutionId}`;
      for (const [place, before] of (seen.get(execution) ?? []).entries()) {
        if (texts[place] === before) continue;
        throw new Error(
          `${instanceId}: task ${place} was ${before}; the replay asks for ${texts[place] ?? 'nothing'} instead`,
        );
      }
      seen.set(execution, texts);
      const hasEnded = state.isDone || state.error !== undefined;
      const fired = new Set(history.flatMap(({ TimerId }) => TimerId ?? []));
      const left = tasks.filter(
        ({ fireAt, isCanceled }, id) => fireAt !== undefined && isCanceled !== true && !fired.has(id),
      );
      if (hasEnded && left.length > 0) throw new Error(`${instanceId}: has ended and left ${textOf(left)}`);
      return statusOf(instanceId, state);
    },
  };
}

function statusOf(instanceId: string, { customStatus }: State): SagaStatus | undefined {
  if (customStatus === undefined || customStatus === null) return undefined;
  const bytes = JSON.stringify(customStatus).length * 2;
  if (bytes > longestStatus) throw new Error(`${instanceId}: the custom status takes ${bytes} bytes`);
  return sagaStatusSchema.parse(customStatus);
}

function stateOf(result: InvocationResult): State | undefined {
  if (result.ok) {
    const { returnValue } = result;
    return returnValue && 'json' in returnValue ? (JSON.parse(returnValue.json) as State) : undefined;
  }
  const { message } = result.exception;
  const at = message.indexOf(stateMark);
  return at < 0 ? undefined : (JSON.parse(message.slice(at + stateMark.length)) as State);
}

interface Action {
  readonly externalEventName?: string;
  readonly compoundActions?: readonly unknown[];
  readonly fireAt?: string;
  readonly isCanceled?: boolean;
}

/** Activities and timers; an event has no number, and may be waited for again. */
function numberedTasks(raw: unknown): Action[] {
  const action = raw as Action;
  if (action.compoundActions !== undefined) return action.compoundActions.flatMap(numberedTasks);
  return action.externalEventName === undefined ? [action] : [];
}

/** A timer is cancelled after it was created, so that flag alone may differ. */
const textOf = (action: unknown): string =>
  JSON.stringify(action, (name, value: unknown) => (name === 'isCanceled' ? undefined : value));
