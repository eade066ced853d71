import { type HeldLock, createEntityRequests, noteSent } from './entities/entity-requests.ts';
import { createEventWaits } from './event-waits.ts';
import { type HistoryEvent, eventType, isScheduled } from './history.ts';
import type { Action } from './orchestrator-answer.ts';
import { createScheduledTasks, type ScheduledAction } from './scheduled-tasks.ts';
import type { ReplayState, ReplaySubject } from './replay-state.ts';
import { startAction } from './start-action.ts';

/**
 * The host's half of a replay. durable-functions answers with every action since the start; the extension starts them in order,
 * awaiting one after the other and swallowing failures, while DurableTask.Core feeds it the history, gives each scheduled task the
 * next sequence number and demands that what the history scheduled is scheduled again (OutOfProcOrchestrationShim.
 * ProcessAsyncActionsV2, TaskOrchestrationExecutor.ProcessEvent). What the history does not confirm is new work.
 */
export interface Replay {
  /** In order of sequence numbers. */
  readonly scheduled: readonly ScheduledAction[];
  /** The sequence number that comes next: that of the execution's end. */
  readonly nextId: number;
  /** Every action has been awaited: how the worker says that it ended counts. */
  readonly isWalked: boolean;
  readonly continueAsNew: ReplayState['continueAsNew'];
  readonly terminated: { readonly reason: string | null } | undefined;
  readonly failure: ReplayState['failure'];
  /** What is locked, or about to be, when the history ends. */
  readonly lock: HeldLock | undefined;
}

export function replayActions(
  subject: ReplaySubject,
  actions: readonly Action[],
  history: Iterable<HistoryEvent>,
): Replay {
  const state: ReplayState = {
    subject,
    tasks: createScheduledTasks(),
    events: createEventWaits(),
    entities: createEntityRequests(),
    now: '',
    continueAsNew: undefined,
    failure: undefined,
  };
  const walk = createWalk(state, actions);
  const feed = createFeed(state, walk);
  for (const event of history) {
    feed.process(event);
    if (state.failure !== undefined) break;
  }
  return {
    scheduled: state.tasks.unconfirmed(),
    nextId: state.tasks.nextId(),
    isWalked: walk.isOver(),
    continueAsNew: state.continueAsNew,
    terminated: feed.terminated(),
    failure: state.failure,
    lock: state.entities.lock,
  };
}

interface Walk {
  start(): void;
  isOver(): boolean;
}

/** Awaits the actions one after the other; a loop, so that a thousand actions that settle at once do not fill the stack. */
function createWalk(state: ReplayState, actions: readonly Action[]): Walk {
  let next = 0;
  let isAwaiting = false;
  let isLooping = false;
  let isStarted = false;
  const advance = (): void => {
    if (isLooping) return;
    isLooping = true;
    for (let action = actions[next]; action !== undefined && !isAwaiting; action = actions[next]) {
      next++;
      isAwaiting = true;
      let isSettled = false;
      startAction(state, action, () => {
        if (isSettled) return;
        isSettled = true;
        isAwaiting = false;
        advance();
      });
    }
    isLooping = false;
  };
  return {
    start() {
      isStarted = true;
      advance();
    },
    isOver: () => isStarted && !isAwaiting && next === actions.length,
  };
}

interface Feed {
  process(event: HistoryEvent): void;
  terminated(): Replay['terminated'];
}

function createFeed(state: ReplayState, walk: Walk): Feed {
  const { tasks, events } = state;
  const held: HistoryEvent[] = [];
  let isSuspended = false;
  let terminated: Replay['terminated'];

  const isHeldBack = ({ EventType }: HistoryEvent): boolean =>
    isSuspended && EventType !== eventType.resumed && EventType !== eventType.executionTerminated;

  const process = (event: HistoryEvent): void => {
    if (event.EventType === eventType.orchestratorStarted) state.now = event.Timestamp;
    else if (isHeldBack(event)) held.push(event);
    else handle(event);
  };

  const handle = (event: HistoryEvent): void => {
    if (isScheduled(event)) {
      const message = tasks.confirm(event);
      if (message !== undefined) state.failure = { kind: 'non-determinism', message };
      else if (event.EventType === eventType.eventSent) noteSent(state, event);
      return;
    }
    switch (event.EventType) {
      case eventType.executionStarted:
        return walk.start();
      case eventType.taskCompleted:
      case eventType.subOrchestrationCompleted:
        return tasks.settle(event.TaskScheduledId, true, event.Result);
      case eventType.taskFailed:
      case eventType.subOrchestrationFailed:
        return tasks.settle(event.TaskScheduledId, false);
      case eventType.timerFired:
        return tasks.settle(event.TimerId, true);
      case eventType.eventRaised:
        return events.raise(event.Name);
      case eventType.executionTerminated:
        terminated ??= { reason: event.Input };
        return undefined;
      case eventType.suspended:
        isSuspended = true;
        return tasks.holdBack();
      case eventType.resumed:
        isSuspended = false;
        tasks.release();
        for (const waiting of held.splice(0)) process(waiting);
        return undefined;
      case eventType.executionCompleted:
      case eventType.generic:
      case eventType.orchestratorStarted:
      case eventType.orchestratorCompleted:
        return undefined;
    }
  };

  return { process, terminated: () => terminated };
}
