import { z } from 'zod';
import { cancelEvent, failedGate } from '../saga/operate.ts';
import { describeHappening } from './describe-happening.ts';
import type { Entry, Happening } from './entry.ts';
import {
  type AuditedInstance,
  type Deletion,
  type HistoryEvent,
  parseHistory,
  type RaisedEvent,
  type TaskEvent,
} from './history.ts';
import { readReason } from './native-reason.ts';
import { digest, readAttempt } from './read-attempt.ts';
import { isGate, isGateEvent, isGeneric, readGateEvent, readGateFailure, readRewinds } from './read-gate.ts';
import { readStart } from './read-start.ts';
import { readPassedOnCancel, readSubSaga } from './read-sub-saga.ts';
import { createWaits, type Waits } from './read-wait.ts';
import { insertRefusals, refusalSchema, refusedEvent } from './refusal.ts';

const cancelSchema = z.object({ by: z.string().optional(), reason: z.string().optional() });

/**
 * What happened in an instance, from what its status URL shows. `customStatus` serves only to name a review that is open.
 * @throws Error when the history is none of the extension's
 */
export function readTrail(instance: AuditedInstance): Entry[] {
  const events = parseHistory(instance.historyEvents ?? []);
  const waits = createWaits(events, instance.customStatus);
  const happenings = events.flatMap((event, n): Happening[] => {
    if (event.type === 'started') return [readStart(event, instance.name, events)];
    if (!isGeneric(event)) return readEvent(event, n, waits);
    if (isGeneric(events[n - 1])) return [];
    const later = events.slice(n);
    const length = later.findIndex((other) => !isGeneric(other));
    const run = later.slice(0, length === -1 ? undefined : length).filter(isGeneric);
    return readRewinds(run, isGate(later[length]) ? later.filter(isGate) : []);
  });
  const { refusals = [], deletion } = instance;
  const all = insertRefusals(happenings, refusals);
  if (deletion !== undefined) all.push(readDeletion(deletion));
  return all.map((happening, n) => ({
    sequence: n + 1,
    ...happening,
    summary: describeHappening(happening),
  }));
}

function readEvent(
  event: Exclude<HistoryEvent, { type: 'started' | 'generic' | 'rewound' }>,
  place: number,
  waits: Waits,
): Happening[] {
  switch (event.type) {
    case 'task':
      return isGate(event) ? readGate(event) : [readPassedOnCancel(event) ?? readAttempt(event)];
    case 'child':
      return [readSubSaga(event)];
    case 'timer':
      return waits.readTimer(event, place);
    case 'fired':
      return waits.readFired(event);
    case 'raised':
      if (waits.isAnswer(event)) return [waits.readAnswer(event, place)];
      if (isGateEvent(event)) return [readGateEvent(event)];
      if (event.name === cancelEvent) return [readCancel(event)];
      return [event.name === refusedEvent ? readRefusal(event) : readOther(event)];
    case 'suspended':
    case 'resumed':
    case 'terminated':
      return [{ time: event.at, kind: event.type, ...readReason(event.text) }];
    case 'ended':
      return [readEnd(event)];
  }
}

const readDeletion = ({ at, by, reason }: Deletion): Happening => ({ time: at, kind: 'deleted', actor: by, reason });

/** A gate that let through is told with the rewind before it, one that runs has decided nothing yet. */
const readGate = (gate: TaskEvent): Happening[] => (gate.state === 'failed' ? [readGateFailure(gate)] : []);

function readCancel({ at, data }: RaisedEvent): Happening {
  const { by, reason } = cancelSchema.safeParse(data).data ?? {};
  return { time: at, kind: 'cancel-requested', actor: by, reason };
}

function readRefusal({ at, data }: RaisedEvent): Happening {
  const { operation, by, reason } = refusalSchema.partial().safeParse(data).data ?? {};
  return { time: at, kind: 'refused', action: operation, actor: by, reason };
}

const readOther = ({ at, name, data }: RaisedEvent): Happening => ({
  time: at,
  kind: 'event-received',
  step: name,
  inputSha256: digest(data),
});

/** A failure at a gate has been told there, and a rewind takes it from the end, so that a trail only ever grows. */
function readEnd({ at, status, result }: Extract<HistoryEvent, { type: 'ended' }>): Happening {
  if (status !== 'Failed') return { time: at, kind: 'ended', outcome: status, outputSha256: digest(result) };
  const message = typeof result === 'string' && failedGate(result) === undefined ? firstLine(result) : undefined;
  const error =
    message === undefined ? undefined : { name: 'OrchestratorFailed', code: 'orchestrator_failed', message };
  return { time: at, kind: 'ended', outcome: status, error };
}

/** The engine puts what it knows of the exception, as JSON, on the lines below. */
const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').trim();
