import { z } from 'zod';
import { gateFunction } from '../saga/operate.ts';
import type { Happening } from './entry.ts';
import type { HistoryEvent, TaskEvent } from './history.ts';
import { readReason } from './native-reason.ts';

// A native rewind of the Azure Storage backend writes a GenericEvent without data over each failed task, over its scheduling, and
// over the end of the execution; then comes one with the reason. What stood there before is known from the gate, which runs again
// next: its request says with what it had failed, its reply who had it rewound and to do what.

type Generic = Extract<HistoryEvent, { type: 'generic' | 'rewound' }>;

const errorSchema = z.object({ name: z.string(), code: z.string(), message: z.string() });
const requestSchema = z.object({ number: z.number().int(), actions: z.array(z.string()), error: errorSchema });
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
  const found = /gate#(?<number>\d+)# (?<error>\{.*\})/s.exec(gate.failure ?? '');
  const request = requestSchema.safeParse(gate.input).data;
  if (found === null) return gateFailed(gate.at, request?.number, request?.actions, hostFailure(gate.failure));
  const error = request?.error ?? errorSchema.safeParse(parse(found.groups?.['error'])).data;
  return gateFailed(gate.at, request?.number ?? Number(found.groups?.['number']), request?.actions, error);
}

/** What a run of GenericEvents stands for; `next` is the event behind it. */
export function readRewinds(run: readonly Generic[], next: HistoryEvent | undefined): Happening[] {
  const gate = isGate(next) ? next : undefined;
  const happenings: Happening[] = [];
  let blanks: Generic[] = [];
  for (const [n, event] of run.entries()) {
    const isLast = n === run.length - 1;
    if (event.type === 'generic' && event.text === undefined && !(isLast && gate !== undefined)) {
      blanks.push(event);
    } else {
      happenings.push(...readRewind(blanks, event, isLast ? gate : undefined));
      blanks = [];
    }
  }
  return [...happenings, ...erased(blanks)];
}

/** The last of the blanks was the end of the execution, and before it the gate's call and failure. */
function readRewind(blanks: readonly Generic[], rewound: Generic, gate: TaskEvent | undefined): Happening[] {
  const end = blanks.at(-1);
  const failure = gate === undefined ? undefined : blanks.at(-2);
  const request = requestSchema.safeParse(gate?.input).data;
  const decision = decisionSchema.safeParse(gate?.result).data;
  const native = readReason(rewound.text);
  const isOurs = decision?.by !== undefined && decision.by !== unknownActor;
  return [
    ...erased(blanks.slice(0, gate === undefined ? -1 : -3)),
    ...(failure === undefined ? [] : [gateFailed(failure.at, request?.number, request?.actions, request?.error)]),
    ...(end === undefined ? [] : [{ time: end.at, kind: 'ended', outcome: 'Failed' } as const]),
    {
      time: rewound.at,
      kind: 'rewound',
      attempt: request?.number,
      action: decision?.action,
      actor: isOurs ? decision.by : native.actor,
      reason: isOurs ? decision.reason : native.reason,
      data: decision?.data,
    },
  ];
}

const erased = ([first, ...others]: readonly Generic[]): Happening[] =>
  first === undefined ? [] : [{ time: first.at, kind: 'erased', data: { events: others.length + 1 } }];

function gateFailed(
  time: string,
  number: number | undefined,
  actions: readonly string[] | undefined,
  error: Happening['error'],
): Happening {
  return { time, kind: 'gate-failed', attempt: number, error, data: actions && { actions } };
}

const hostFailure = (message = ''): Happening['error'] => ({ name: 'HostFailure', code: 'host_failure', message });

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
