import { z } from 'zod';
import { gateFunction } from '../saga/operate.ts';
import type { Happening } from './entry.ts';
import type { HistoryEvent, RaisedEvent, TaskEvent } from './history.ts';
import { readReason } from './native-reason.ts';

// A native rewind of the Azure Storage backend writes a GenericEvent without data over each failed task, over its scheduling, and
// over the end of the execution; then comes one with the reason. What stood there before is known from the gate, which runs again
// next: its request says with what it had failed, its reply who had it rewound and to do what.

type Generic = Extract<HistoryEvent, { type: 'generic' | 'rewound' }>;

const errorSchema = z.object({ name: z.string(), code: z.string(), message: z.string() });
const requestSchema = z.object({
  number: z.number().int(),
  actions: z.array(z.string()),
  step: z.string().optional(),
  error: errorSchema,
});
const decisionSchema = z.object({
  action: z.string(),
  by: z.string().optional(),
  reason: z.string().optional(),
  data: z.unknown().optional(),
});

/** What the gate says when a tool other than the API had the instance rewound. */
const unknownActor = 'unknown';

export const isGate = (event: HistoryEvent | undefined): event is TaskEvent =>
  event?.type === 'task' && event.name === gateFunction;

export const isGeneric = (event: HistoryEvent | undefined): event is Generic =>
  event?.type === 'generic' || event?.type === 'rewound';

/** A gate that failed and was not rewound. */
export function readGateFailure(gate: TaskEvent): Happening {
  const request = requestSchema.safeParse(gate.input).data;
  const found = /gate#(?<number>\d+)# (?<error>\{.*\})/s.exec(gate.failure ?? '')?.groups;
  if (found === undefined) return gateFailed(gate.at, { ...request, error: hostFailure(gate.failure) });
  const error = errorSchema.safeParse(parse(found['error'])).data;
  return gateFailed(gate.at, request ?? { number: Number(found['number']), error });
}

/** A decision that came as an event, to a gate that waits for one. */
export const isGateEvent = ({ name }: RaisedEvent): boolean => gateEventForm.test(name);

const gateEventForm = /^gate:(\d+)$/;

export function readGateEvent({ at, name, data }: RaisedEvent): Happening {
  const { action, by, reason, data: carried } = decisionSchema.partial().safeParse(data).data ?? {};
  const number = Number(gateEventForm.exec(name)?.[1]);
  return { time: at, kind: 'gate-decided', attempt: number, action, actor: by, reason, data: carried };
}

/**
 * What a run of GenericEvents stands for.
 * @param gates those that run again behind it; none where the run is not followed by one
 */
export function readRewinds(run: readonly Generic[], gates: readonly TaskEvent[]): Happening[] {
  const happenings: Happening[] = [];
  let blanks: Generic[] = [];
  for (const [n, event] of run.entries()) {
    const isLast = n === run.length - 1;
    if (event.type === 'generic' && event.text === undefined && !(isLast && gates.length > 0)) {
      blanks.push(event);
    } else {
      happenings.push(...readRewind(blanks, event, isLast ? gates : []));
      blanks = [];
    }
  }
  return [...happenings, ...erased(blanks)];
}

/** The last of the blanks was the end of the execution; before it were the calls of the gates, and then their failures. */
function readRewind(blanks: readonly Generic[], rewound: Generic, following: readonly TaskEvent[]): Happening[] {
  const end = blanks.at(-1);
  const gates = following.slice(0, Math.floor(Math.max(0, blanks.length - 1) / 2));
  const failures = blanks.slice(0, -1).slice(-gates.length);
  return [
    ...erased(blanks.slice(0, -1 - 2 * gates.length)),
    ...gates.map((gate, n) => gateFailed(failures[n]?.at ?? rewound.at, requestSchema.safeParse(gate.input).data)),
    ...(end === undefined ? [] : [{ time: end.at, kind: 'ended', outcome: 'Failed' } as const]),
    ...(gates.length === 0 ? [undefined] : gates).map((gate) => readDecision(rewound, gate)),
  ];
}

function readDecision({ at, text }: Generic, gate: TaskEvent | undefined): Happening {
  const native = readReason(text);
  const decision = decisionSchema.safeParse(gate?.result).data;
  const isOurs = decision?.by !== undefined && decision.by !== unknownActor;
  return {
    time: at,
    kind: 'rewound',
    attempt: requestSchema.safeParse(gate?.input).data?.number,
    action: decision?.action,
    actor: isOurs ? decision.by : native.actor,
    reason: isOurs ? decision.reason : native.reason,
    data: decision?.data,
  };
}

const erased = ([first, ...others]: readonly Generic[]): Happening[] =>
  first === undefined ? [] : [{ time: first.at, kind: 'erased', data: { events: others.length + 1 } }];

interface FailedGate {
  readonly number?: number | undefined;
  readonly actions?: readonly string[] | undefined;
  /** What it stands for: a step, or `undo of` one. */
  readonly step?: string | undefined;
  readonly error?: Happening['error'];
}

function gateFailed(time: string, { number, actions, step, error }: FailedGate = {}): Happening {
  return { time, kind: 'gate-failed', step, attempt: number, error, data: actions && { actions } };
}

const hostFailure = (message = ''): Happening['error'] => ({ name: 'HostFailure', code: 'host_failure', message });

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
