import { createActivityRunner, workerPauseMs } from './activity-runner.ts';
import { type EngineContext, type OutgoingWork, nothing } from './context.ts';
import { parseEntityId } from './entities/entity-id.ts';
import { runEntityTurn } from './entities/run-entity-turn.ts';
import { type Episode, type Execution, computeEpisode } from './episode.ts';
import { type IncomingEvent, eventType, isTerminal, orchestratorStarted } from './history.ts';
import type { HotInstance } from './hot-instances.ts';
import { createKeyedQueue } from './keyed-queue.ts';
import { type OrchestratorAnswer, parseAnswer, unanswered } from './orchestrator-answer.ts';
import { createOrchestratorBody } from './orchestrator-body.ts';
import { recordEpisode } from './record-episode.ts';
import type { Message } from './store.ts';
import { createTimerAlarm } from './timer-alarm.ts';
import { judgeVersion } from './version-match.ts';

/**
 * Brings messages to their instances and runs the episodes, and the turns of entities: one at a time per instance, a limited number
 * at once.
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

  const deliver = (messages: readonly Message[]): void => {
    const toOrchestrations = messages.filter((message) => !isOfEntity(message));
    for (const message of toOrchestrations) {
      const inbox = inboxes.get(message.instanceId) ?? new Map<number, Message>();
      inboxes.set(message.instanceId, inbox.set(message.id, message));
    }
    for (const { instanceId } of toOrchestrations) episodes.add(instanceId);
    for (const { instanceId } of messages.filter(isOfEntity)) entities.add(instanceId);
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
  };

  const interrupted = (instanceId: string, error: unknown, resume: () => void): void => {
    log('error', 'Host.Durable', `${instanceId} was interrupted and runs again: ${String(error)}`);
    clock.at(clock.now() + workerPauseMs, resume);
  };
  const runTurn = async (instanceId: string) => send(await runEntityTurn(context, instanceId));
  const episodes = createKeyedQueue(settings.maxConcurrentOrchestratorFunctions, run, interrupted);
  const entities = createKeyedQueue(settings.maxConcurrentEntityFunctions, runTurn, interrupted);
  const activityRunner = createActivityRunner(context, deliver);
  const alarm = createTimerAlarm(context, deliver);
  deliver(store.readMessages());
  activityRunner.run(store.readActivities());

  return {
    deliver,
    async stop() {
      alarm.stop();
      await Promise.all([episodes.stop(), entities.stop(), activityRunner.stop()]);
    },
  };
}

const isOfEntity = ({ instanceId }: Message): boolean => parseEntityId(instanceId) !== undefined;

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
      httpSleepTime: context.settings.httpSleepTime,
      defaultVersion: context.settings.defaultVersion,
      past: hot.history.events,
      incoming: inOrder(live),
    };
    const answer = verdict.kind === 'fail' ? unanswered(verdict.reason) : await ask(context, hot, episode);
    if (hot.isGone) return nothing;
    const outcome = computeEpisode(episode, answer, context);
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
  if (orchestrator === undefined) return unanswered(functions.describeMissing('orchestrator', name));
  const fresh = [orchestratorStarted(episode.startedAt), ...episode.incoming];
  const inputs = orchestrator.inputs(createOrchestratorBody(episode, hot.history, fresh, hot.row.input));
  const result = await invoke({ functionName: orchestrator.name, invocationId: newId(), inputs });
  return (hot.answer = parseAnswer(orchestrator.name, result, hot.answer));
}
