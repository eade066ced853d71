import { createActivityRunner, workerPauseMs } from './activity-runner.ts';
import type { EngineContext, OutgoingWork } from './context.ts';
import { type Episode, type Execution, computeEpisode } from './episode.ts';
import { type IncomingEvent, eventType, isTerminal, orchestratorStarted } from './history.ts';
import type { HotInstance } from './hot-instances.ts';
import { type OrchestratorAnswer, failedAnswer, parseAnswer } from './orchestrator-answer.ts';
import { renderOrchestratorBody } from './orchestrator-body.ts';
import { recordEpisode } from './record-episode.ts';
import type { Message } from './store.ts';
import { createTimerAlarm } from './timer-alarm.ts';
import { judgeVersion } from './version-match.ts';
import { createWorkQueue } from './work-queue.ts';

/**
 * Brings messages to their instances and runs the episodes: one at a time per instance, a limited number at once.
 * An episode may begin before the messages that caused it are committed, since its own commit comes after theirs; only activities
 * and answers to the outside wait for the commit.
 */
export interface Dispatcher {
  /** Takes note of messages that are written to the store. What belongs together is told together: an episode may begin at once. */
  deliver(messages: readonly Message[]): void;
  /** Stops beginning anything new, and resolves when what runs has ended. */
  stop(): Promise<void>;
}

/** Takes up all work that the store holds. */
export function createDispatcher(context: EngineContext): Dispatcher {
  const { clock, log, settings, store } = context;
  // By their number: a rewind tells again of what may be waiting here already.
  const inboxes = new Map<string, Map<number, Message>>();
  const queued = new Set<string>();

  const deliver = (messages: readonly Message[]): void => {
    for (const message of messages) {
      const inbox = inboxes.get(message.instanceId) ?? new Map<number, Message>();
      inboxes.set(message.instanceId, inbox.set(message.id, message));
    }
    for (const { instanceId } of messages) enqueue(instanceId);
  };

  const enqueue = (instanceId: string): void => {
    if (queued.has(instanceId)) return;
    queued.add(instanceId);
    episodes.add(instanceId);
  };

  const send = ({ messages, activities, timers }: OutgoingWork): void => {
    deliver(messages);
    activityRunner.run(activities);
    for (const { dueAt } of timers) alarm.expect(dueAt);
  };

  const run = async (instanceId: string): Promise<void> => {
    const inbox = inboxes.get(instanceId) ?? new Map<number, Message>();
    inboxes.delete(instanceId);
    try {
      send(await runEpisode(context, instanceId, [...inbox.values()]));
    } catch (error) {
      inboxes.set(instanceId, new Map([...inbox, ...(inboxes.get(instanceId) ?? [])]));
      throw error;
    }
    queued.delete(instanceId);
    if (inboxes.has(instanceId)) enqueue(instanceId);
  };

  const episodes = createWorkQueue<string>(settings.maxConcurrentOrchestratorFunctions, run, (instanceId, error) => {
    log('error', 'Host.Durable', `An episode of ${instanceId} was interrupted and runs again: ${String(error)}`);
    clock.at(clock.now() + workerPauseMs, () => episodes.add(instanceId));
  });
  const activityRunner = createActivityRunner(context, deliver);
  const alarm = createTimerAlarm(context, deliver);
  deliver(store.readMessages());
  activityRunner.run(store.readActivities());

  return {
    deliver,
    async stop() {
      alarm.stop();
      await Promise.all([episodes.stop(), activityRunner.stop()]);
    },
  };
}

const nothing: OutgoingWork = { messages: [], activities: [], timers: [] };

/** Rejects when the worker is gone; then nothing has happened. */
async function runEpisode(
  context: EngineContext,
  instanceId: string,
  messages: readonly Message[],
): Promise<OutgoingWork> {
  const { commits, instances, stamp, store } = context;
  const hot = instances.take(instanceId);
  // A failed instance keeps its messages: a rewind takes them up.
  if (hot?.row.runtimeStatus === 'Failed') {
    instances.giveBack(hot);
    return nothing;
  }
  const live = messages.filter((message) => isFor(hot, message));
  const dropped = messages.filter((message) => !isFor(hot, message));
  if (dropped.length > 0) commits.write(() => dropped.forEach(({ id }) => store.deleteMessage(id)));
  if (hot === undefined) return nothing;
  try {
    const verdict = judgeVersion(hot.row.version, context.settings);
    if (live.length === 0 || verdict.kind === 'wait') return nothing;
    const execution = executionOf(hot);
    const episode: Episode = {
      execution,
      startedAt: stamp(),
      storesInputs: context.settings.storeInputsInOrchestrationHistory,
      past: hot.history.events,
      incoming: inOrder(live),
    };
    const answer = verdict.kind === 'fail' ? failedAnswer(verdict.reason, null) : await ask(context, hot, episode);
    if (hot.isGone) return nothing;
    const outcome = computeEpisode(episode, answer, stamp);
    return commits.write(() => recordEpisode(context, hot, live, outcome));
  } finally {
    instances.giveBack(hot);
  }
}

const isFor = (hot: HotInstance | undefined, message: Message): boolean =>
  hot !== undefined &&
  !isTerminal(hot.row.runtimeStatus) &&
  (message.executionId === null || message.executionId === hot.row.executionId);

/**
 * Messages come in order of arrival, except that an execution begins with its ExecutionStarted: after continueAsNew, what came from
 * outside in the meantime stands behind what the last execution has handed on.
 */
function inOrder(messages: readonly Message[]): readonly IncomingEvent[] {
  const isBeginning = messages.some(({ event }) => event.EventType === eventType.executionStarted);
  const handedOn = messages.filter(({ executionId }) => executionId !== null);
  const outside = messages.filter(({ executionId }) => executionId === null);
  return (isBeginning ? [...handedOn, ...outside] : messages).map(({ event }) => event);
}

const executionOf = ({ row }: HotInstance): Execution => ({
  instanceId: row.id,
  executionId: row.executionId,
  name: row.name,
  version: row.version,
  parent: row.parent,
});

async function ask(context: EngineContext, hot: HotInstance, episode: Episode): Promise<OrchestratorAnswer> {
  const { functions, invoke, newId } = context;
  const { name } = episode.execution;
  const orchestrator = functions.findOrchestrator(name);
  if (orchestrator === undefined) return failedAnswer(functions.describeMissing('orchestrator', name), null);
  const fresh = [orchestratorStarted(episode.startedAt), ...episode.incoming];
  const body = renderOrchestratorBody(episode.execution, hot.history, fresh, hot.input);
  const inputs = orchestrator.inputs({ string: body });
  const result = await invoke({ functionName: orchestrator.name, invocationId: newId(), inputs });
  return parseAnswer(orchestrator.name, result);
}
