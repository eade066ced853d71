import { expect, test } from 'vitest';
import { type Episode, computeEpisode } from '../../../src/host/durable/episode.ts';
import {
  type ExecutionStarted,
  type HistoryEvent,
  type IncomingEvent,
  eventType,
} from '../../../src/host/durable/history.ts';
import { type OrchestratorAnswer, parseAnswer } from '../../../src/host/durable/orchestrator-answer.ts';
import { createOrchestratorBody } from '../../../src/host/durable/orchestrator-body.ts';
import { computeRewind } from '../../../src/host/durable/rewind.ts';
import { type WireHistory, createWireHistory } from '../../../src/host/durable/wire-history.ts';
import type { InvocationResult, TypedData } from '../../../src/host/worker/contract.ts';
import { type ReplayLedger, createReplayLedger } from '../../../src/host/worker/replay-ledger.ts';
import { type Replay, type ReplayMemory, createReplayMemory } from '../../../src/host/worker/replay-memory.ts';
import { type RecordedEpisode, type RecordedExecution, recordings } from './recording.ts';

/** Where the real engine leaves an instance waiting for ever, this one schedules the call that then fails. */
const hangsForEver = new Set(['missing-activity', 'sub-missing']);

interface Call {
  readonly past: readonly HistoryEvent[];
  readonly incoming: readonly IncomingEvent[];
  readonly startedAt: string;
  readonly recorded: RecordedEpisode;
  readonly result: InvocationResult;
}

/** Each call of the orchestrator function with its whole history, and what the worker answered. */
const readCalls = ({ episodes }: RecordedExecution): readonly Call[] => {
  let history: HistoryEvent[] = [];
  let actions: readonly unknown[] = [];
  return episodes.map((recorded) => {
    history = history.map((event, place) => (recorded.replaced?.[place] as HistoryEvent | undefined) ?? event);
    history.push(...(recorded.added as HistoryEvent[]));
    const start = history.findLastIndex((event) => event.EventType === eventType.orchestratorStarted);
    const state = 'failed' in recorded.answer ? recorded.answer.failed : recorded.answer;
    if ('actions' in state) actions = [...actions.slice(0, state.actions.keep), ...state.actions.added];
    return {
      past: history.slice(0, start),
      incoming: history.slice(start + 1) as IncomingEvent[],
      startedAt: history[start]!.Timestamp,
      recorded,
      result: toResult(recorded.answer, actions),
    };
  });
};

const failure = (message: string): InvocationResult => ({
  ok: false,
  exception: { message, stackTrace: '', source: 'worker' },
});

const toResult = (answer: RecordedEpisode['answer'], actions: readonly unknown[]): InvocationResult => {
  if ('crashed' in answer) return failure(answer.crashed);
  const text = JSON.stringify({ ...('failed' in answer ? answer.failed : answer), actions: [actions] });
  if ('failed' in answer) return failure(`false\n\n$OutOfProcData$:${text}`);
  return { ok: true, returnValue: { json: text }, outputs: new Map() };
};

const toEpisode = (call: Call): Episode => {
  const start = [...call.past, ...call.incoming].find(
    (event): event is ExecutionStarted => event.EventType === eventType.executionStarted,
  )!;
  const { InstanceId: instanceId, ExecutionId: executionId } = start.OrchestrationInstance;
  const execution = { instanceId, executionId, name: start.Name, version: start.Version, parent: start.ParentInstance };
  return { ...call, execution, storesInputs: false, httpSleepTime: 30_000, defaultVersion: undefined };
};

const decide = (call: Call) => {
  const episode = toEpisode(call);
  return computeEpisode(episode, parseAnswer(episode.execution.name, call.result), {
    stamp: () => '(now)',
    newId: () => '(id)',
  });
};

/** Without what the engine makes up: times, and the ids of requests to entities. */
const withoutTime = (event: HistoryEvent) => ({
  ...event,
  Timestamp: '',
  ...(event.EventType === eventType.eventSent && {
    Input: event.Input.replaceAll(/"(id|requestTime)":"[^"]*"/g, '"$1":""'),
  }),
});

/** The body as the real engine wrote it; indented there, which nobody sees. */
const recordedBody = ({ body }: RecordedExecution, { past, incoming, startedAt, recorded }: Call): string => {
  const history = [...past, started(startedAt), ...incoming].map(({ EventId, Timestamp, ...rest }, place) => ({
    ...rest,
    EventId,
    IsPlayed: recorded.isPlayed[place] === '1',
    Timestamp,
  }));
  const { input, instanceId, parentInstanceId } = body;
  const text = {
    history,
    input,
    instanceId,
    isReplaying: recorded.isReplaying,
    parentInstanceId,
    sourceInstanceId: null,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 3,
    longRunningTimerIntervalDuration: '3.00:00:00',
    maximumShortTimerDuration: '6.00:00:00',
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  };
  return JSON.stringify(text);
};

const createBody = ({ body }: RecordedExecution, call: Call, settled: WireHistory) => {
  const input = body.input === null ? null : JSON.stringify(body.input);
  return createOrchestratorBody(toEpisode(call), settled, [started(call.startedAt), ...call.incoming], input);
};

const textOf = (data: TypedData): string => (data !== undefined && 'string' in data ? data.string : '');

const started = (at: string) => ({ EventType: eventType.orchestratorStarted, EventId: -1, Timestamp: at });

/** The history after an episode, and what the next call shows of it: the same, or rewound in between. */
const compareNext = (call: Call, next: Call) => {
  const decided = [...call.past, ...decide(call).events];
  const rewound = computeRewind(decided).events;
  const isRewound = (place: number) => next.past[place]?.EventType === eventType.generic;
  const events = decided.map((event, place) => (isRewound(place) ? rewound[place]! : event));
  return { events: events.map(withoutTime), recorded: next.past.map(withoutTime) };
};

const ran = recordings.filter(({ executions }) => executions.length > 0);

test.each(ran)('$scenario: the orchestrator is called with what the real engine sends', ({ executions }) => {
  const bodies = executions.flatMap((execution) =>
    readCalls(execution).map((call) => ({
      ours: textOf(createBody(execution, call, createWireHistory(call.past))),
      theirs: recordedBody(execution, call),
    })),
  );
  expect(bodies.map(({ ours }) => ours)).toEqual(bodies.map(({ theirs }) => theirs));
});

const comparable = ran.filter(({ scenario }) => !hangsForEver.has(scenario));

test.each(comparable)('$scenario: an episode adds to the history what the real one adds', ({ executions }) => {
  const steps = executions.flatMap((execution) => {
    const calls = readCalls(execution);
    return calls.slice(1).map((next, number) => compareNext(calls[number]!, next));
  });
  expect(steps.map(({ events }) => events)).toEqual(steps.map(({ recorded }) => recorded));
});

/** The history that grows from call to call, or a new one where a rewind has come between. */
const growHistory = (before: WireHistory | undefined, { past, recorded }: Call): WireHistory => {
  if (before === undefined || recorded.replaced !== undefined) return createWireHistory(past);
  before.settle(past.slice(before.length));
  return before;
};

interface Thread {
  readonly ledger: ReplayLedger;
  readonly memory: ReplayMemory;
}

/** One call through the ledger of the host and the memory of the app's thread. */
const handOver = (
  { ledger, memory }: Thread,
  data: TypedData,
  result: InvocationResult,
  before?: OrchestratorAnswer,
) => {
  if (data === undefined || !('string' in data) || data.replay === undefined) throw new Error('There are no parts.');
  const sent = structuredClone(ledger.send(data.replay));
  const replay = memory.open(sent);
  const received = JSON.stringify(replay.body);
  spoil(replay.body);
  const shortened = shorten(result, replay.shorten);
  ledger.noteAnswer(sent.history, shortened);
  return { sent, received, whole: data.string, answer: parseAnswer('name', shortened, before) };
};

const shorten = (result: InvocationResult, by: Replay['shorten']) => {
  if (!result.ok || result.returnValue === undefined || !('json' in result.returnValue)) return result;
  const shortened = by(JSON.parse(result.returnValue.json));
  if (shortened === undefined) return result;
  const { state, keptActions } = shortened;
  return { ...result, returnValue: { json: JSON.stringify(state) }, keptActions };
};

/** durable-functions writes into what it is given, and so may hooks. */
const spoil = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  Object.values(value).forEach(spoil);
  Object.assign(value, { IsProcessed: true, Timestamp: 0, InstanceId: 'another' });
};

const withoutSize = (answer: OrchestratorAnswer) => ({ ...answer, size: 0 });

const handOverAll = (executions: readonly RecordedExecution[], thread: Thread) =>
  executions.flatMap((execution) => {
    let settled: WireHistory | undefined;
    let before: OrchestratorAnswer | undefined;
    return readCalls(execution).map((call) => {
      settled = growHistory(settled, call);
      const handed = handOver(thread, createBody(execution, call, settled), call.result, before);
      before = handed.answer;
      return { ...handed, call, text: recordedBody(execution, call) };
    });
  });

test.each(ran)('$scenario: a thread that is sent what is new alone sees the whole body', ({ executions }) => {
  const handed = handOverAll(executions, { ledger: createReplayLedger(Infinity), memory: createReplayMemory() });
  expect(handed.map(({ received }) => received)).toEqual(handed.map(({ text }) => text));
  expect(handed.map(({ whole }) => whole)).toEqual(handed.map(({ text }) => text));
  expect(handed.map(({ answer }) => withoutSize(answer))).toEqual(
    handed.map(({ call }) => withoutSize(parseAnswer('name', call.result))),
  );
  for (const [place, { sent, call }] of handed.entries()) {
    const isNew = sent.input !== undefined;
    const wasOpen = handed[place - 1]?.answer.end.kind === 'waiting';
    expect(isNew).toBe(!wasOpen || call.past.length === 0 || call.recorded.replaced !== undefined);
    expect(sent.known).toBe(isNew ? 0 : handed[place - 1]?.call.past.length);
  }
});

test('what a thread has forgotten for want of space is sent again', () => {
  const all = ran.flatMap(({ executions }) => executions);
  const thread = { ledger: createReplayLedger(0), memory: createReplayMemory() };
  const [first, other] = all.filter(({ episodes }) => episodes.length > 2);
  for (const execution of [first!, other!, first!]) {
    const handed = handOverAll([execution], thread);
    expect(handed.map(({ received }) => received)).toEqual(handed.map(({ text }) => text));
    expect(handed.map(({ answer }) => withoutSize(answer))).toEqual(
      handed.map(({ call }) => withoutSize(parseAnswer('name', call.result))),
    );
  }
  const { known, forget } = thread.ledger.send({
    settled: createWireHistory([]),
    fresh: '',
    input: 'null',
    rest: '{}',
  });
  expect({ known, forgotten: forget.length }).toEqual({ known: 0, forgotten: 1 });
});
