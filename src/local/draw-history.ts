import { z } from 'zod';
import type { Instance } from '../azure/durable-instances.ts';
import { gateFunction } from '../saga/operate.ts';

/** What an activity of the engine answered, as far as a picture needs it. */
const replySchema = z.object({ ok: z.boolean(), error: z.object({ code: z.string() }).optional() });
const decisionSchema = z.object({ decision: z.string(), by: z.string() });

type HistoryEvent = NonNullable<Instance['historyEvents']>[number];

/** Draws an instance from its history alone: what was done, tried again, undone, decided and rewound, in order. */
export function drawHistory({ historyEvents = [], runtimeStatus, createdTime, lastUpdatedTime }: Instance): string[] {
  const marks = historyEvents.map(markOf).filter((mark) => mark !== undefined);
  const lasted = Math.max(0, lastUpdatedTime.getTime() - createdTime.getTime()) / 1000;
  return wrap([...joinRepeated(marks), `● ${runtimeStatus} after about ${lasted} s`]);
}

function markOf(event: HistoryEvent): string | undefined {
  const name = String(event['FunctionName']);
  switch (event.EventType) {
    case 'TaskCompleted':
      return name === gateFunction ? '↻ rewound' : markOfReply(name, event['Result']);
    case 'TaskFailed':
      return name === gateFunction ? '■ failed at the gate' : `✗ ${name} (host)`;
    case 'TimerFired':
      return '⏱';
    case 'EventRaised':
      return markOfDecision(event['Input']);
    default:
      return undefined;
  }
}

function markOfReply(name: string, result: unknown): string {
  const reply = replySchema.safeParse(result);
  if (reply.data?.ok === false) return `✗ ${name} (${reply.data.error?.code ?? 'failed'})`;
  return name.endsWith('-undo') ? `↶ ${name.slice(0, -'-undo'.length)}` : `✓ ${name}`;
}

function markOfDecision(input: unknown): string {
  const raw: unknown = typeof input === 'string' ? JSON.parse(input) : input;
  const decision = decisionSchema.safeParse(raw);
  return decision.success ? `☑ ${decision.data.decision} by ${decision.data.by}` : '☑ event';
}

/** `✗ a ⏱ ✗ a ⏱ ✗ a` reads better as `✗ a ⏱ ×3`. */
function joinRepeated(marks: readonly string[]): string[] {
  const joined: { mark: string; times: number }[] = [];
  for (const [n, mark] of marks.entries()) {
    const last = joined.at(-1);
    if (mark === '⏱' && marks[n + 1] === last?.mark) continue;
    if (last?.mark === mark) last.times++;
    else joined.push({ mark, times: 1 });
  }
  return joined.map(({ mark, times }) => (times === 1 ? mark : `${mark} ×${times}`));
}

const widest = 96;

function wrap(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < widest) lines[lines.length - 1] = `${last} ─ ${word}`;
    else lines.push(word);
  }
  return lines;
}
