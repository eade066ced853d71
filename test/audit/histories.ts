import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditedInstance } from '../../src/audit/history.ts';
import { recordings } from '../host/durable/recording.ts';

// Real ones: `data/` holds what the status URL showed of documents that went through the program, with inputs and outputs cut short;
// the engine's tests hold what the real engine was recorded to show.

const names = [
  'completed',
  'in-review',
  'reviewed',
  'cancelled',
  'terminated',
  'retrying',
  'failed',
  'failed-twice',
  'rewound',
] as const;
export type HistoryName = (typeof names)[number];

export const histories = new Map<HistoryName, AuditedInstance>(names.map((name) => [name, readHistory(name)]));

export function history(name: HistoryName): AuditedInstance {
  const found = histories.get(name);
  if (found === undefined) throw new Error(`there is no history '${name}'`);
  return found;
}

function readHistory(name: string): AuditedInstance {
  const text = readFileSync(join(import.meta.dirname, 'data', `${name}.json`), 'utf8');
  const shown = JSON.parse(text) as AuditedInstance & { readonly createdTime: string };
  return { ...shown, createdTime: new Date(shown.createdTime) };
}

export interface RecordedHistory {
  readonly scenario: string;
  readonly instance: AuditedInstance;
}

type Shown = Omit<AuditedInstance, 'historyEvents'> & { readonly historyEvents?: Record<string, unknown>[] };

/** Every history that the real engine showed with inputs and outputs. Their times are masked, so each gets the next second. */
export const recordedHistories: readonly RecordedHistory[] = recordings.flatMap(({ scenario, exchanges }) =>
  exchanges.flatMap(({ request, body }) => {
    if (!request[1].includes('showHistoryOutput=true')) return [];
    const shown = body as Shown | undefined;
    if (shown?.historyEvents === undefined) return [];
    const historyEvents = shown.historyEvents.map((event, n) => {
      const at = new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString();
      const { ScheduledTime, FireAt, ...rest } = event;
      return {
        ...rest,
        Timestamp: at,
        ...(ScheduledTime !== undefined && { ScheduledTime: at }),
        ...(FireAt !== undefined && { FireAt: at }),
      };
    });
    return [{ scenario, instance: { ...shown, createdTime: new Date(Date.UTC(2026, 0, 1)), historyEvents } }];
  }),
);

export function recordedHistory(scenario: string): AuditedInstance {
  const found = recordedHistories.findLast((recorded) => recorded.scenario === scenario);
  if (found === undefined) throw new Error(`there is no recording '${scenario}' with a history`);
  return found.instance;
}

/** A history that was not captured, in the form of the status URL. */
export const made = (...events: Record<string, unknown>[]): AuditedInstance => ({
  instanceId: 'made',
  name: 'bookStay',
  createdTime: new Date('2026-01-01T00:00:00Z'),
  historyEvents: events.map((event, n) => ({ Timestamp: `2026-01-01T00:00:0${n}.1234567Z`, ...event })),
});

/** What an activity of it was called with. */
export const call = (step: string, attempt: number, direction: 'do' | 'undo' = 'do') =>
  JSON.stringify([{ instanceId: 'made', idempotencyKey: `made/main/${step}/${direction}`, attempt, input: { n: 1 } }]);
