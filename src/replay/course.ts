import type { Action, OrchestratorAnswer } from '../host/durable/orchestrator-answer.ts';
import type { Asked } from './recorded-history.ts';

/** What an orchestrator has asked for since its start, and where it stands. */
export interface Course {
  /** In the order of their sequence numbers. */
  readonly tasks: readonly Task[];
  readonly ending: Ending;
  /** Of the saga's code, as its status says. */
  readonly codeVersion: string | undefined;
}

interface Task {
  readonly asked: Asked;
  readonly isCanceled: boolean;
}

/** What comes after everything that was asked for. */
export type Ending =
  | { readonly kind: 'waiting'; readonly events: readonly string[] }
  | { readonly kind: 'completed'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'continued'; readonly input: unknown };

/** @throws Error when an orchestrator asks for what sagas never ask for */
export function readCourse({ actions, end, customStatus }: OrchestratorAnswer): Course {
  const continued = actions.find((action) => action.kind === 'continue-as-new');
  return {
    tasks: actions.flatMap(readTasks),
    ending: continued === undefined ? readEnding(actions, end) : { kind: 'continued', input: continued.input },
    codeVersion: versionOf(customStatus),
  };
}

function readTasks(action: Action): Task[] {
  switch (action.kind) {
    case 'when-all':
    case 'when-any':
      return action.actions.flatMap(readTasks);
    case 'activity':
      return [task({ kind: 'activity', name: action.name, input: action.input })];
    case 'sub-orchestration': {
      const { name, instanceId, input } = action;
      return [task({ kind: 'sub-saga', name, instanceId, input })];
    }
    case 'timer':
      return [task({ kind: 'timer', due: new Date(action.fireAt).toISOString() }, action.isCanceled)];
    case 'event':
    case 'continue-as-new':
      return [];
    case 'http':
    case 'call-entity':
    case 'signal-entity':
    case 'lock':
    case 'release':
      throw new Error(`the orchestrator asks for ${action.kind}, which sagas do not: only sagas are replayed`);
  }
}

const task = (asked: Asked, isCanceled = false): Task => ({ asked, isCanceled });

function readEnding(actions: readonly Action[], end: OrchestratorAnswer['end']): Ending {
  switch (end.kind) {
    case 'waiting':
      return { kind: 'waiting', events: eventsOf(actions.slice(-1)) };
    case 'done':
      return { kind: 'completed', output: end.output === null ? undefined : (JSON.parse(end.output) as unknown) };
    case 'failed':
    case 'unanswered':
      return { kind: 'failed', error: end.error };
  }
}

const eventsOf = (actions: readonly Action[]): string[] =>
  actions.flatMap((action) => {
    if (action.kind === 'event') return [action.name];
    return action.kind === 'when-all' || action.kind === 'when-any' ? eventsOf(action.actions) : [];
  });

function versionOf(customStatus: string | null): string | undefined {
  const status: unknown = customStatus === null ? undefined : JSON.parse(customStatus);
  const isNamed = typeof status === 'object' && status !== null && 'version' in status;
  return isNamed && typeof status.version === 'string' ? status.version : undefined;
}
