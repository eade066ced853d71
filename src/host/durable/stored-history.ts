import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type HistoryEvent, eventType } from './history.ts';
import type { Statements } from './statements.ts';
import type { InstanceRow } from './store.ts';

/**
 * How histories lie in the database: an episode adds one row, a JSON list of its events; when the instance has ended, one compressed
 * row stands for all. The number of a row is made of its instance and of the place of its first event, so that the table needs no index.
 */
export const historySchema =
  'CREATE TABLE IF NOT EXISTS history (place INTEGER PRIMARY KEY, events ANY NOT NULL) STRICT;';

/** Events of one execution; with so many, instance keys up to 2^29 fit into what JavaScript can count. */
const placesOfInstance = 2 ** 24;

type Owner = Pick<InstanceRow, 'key' | 'input'>;

export interface StoredHistory {
  readonly events: readonly HistoryEvent[];
  /** Characters of JSON. */
  readonly size: number;
}

export function createHistoryQueries({ all, run }: Statements) {
  const read = all('SELECT events FROM history WHERE place >= ? AND place < ? ORDER BY place', readText);
  const insert = run('INSERT INTO history (place, events) VALUES (?, ?)');
  const remove = run('DELETE FROM history WHERE place >= ? AND place < ?');
  const deleteHistory = (key: number) => remove(key * placesOfInstance, (key + 1) * placesOfInstance);
  return {
    readHistory({ key, input }: Owner): StoredHistory {
      const texts = read(key * placesOfInstance, (key + 1) * placesOfInstance);
      return {
        events: texts.flatMap((text) => parseEvents(text, input)),
        size: texts.reduce((sum, { length }) => sum + length, 0),
      };
    },
    /** `length` is the number of events that stand there already. Answers the characters of JSON that are added. */
    appendHistory({ key, input }: Owner, length: number, events: readonly HistoryEvent[]): number {
      const text = renderEvents(events, input);
      insert(key * placesOfInstance + length, text);
      return text.length;
    },
    /** All of the history anew, of an instance that goes on. */
    rewriteHistory({ key, input }: Owner, events: readonly HistoryEvent[]): void {
      deleteHistory(key);
      insert(key * placesOfInstance, renderEvents(events, input));
    },
    /** All of the history, of an instance that has ended. */
    packHistory({ key, input }: Owner, events: readonly HistoryEvent[]): void {
      deleteHistory(key);
      insert(key * placesOfInstance, deflateRawSync(renderEvents(events, input), { level: 1 }));
    },
    deleteHistory,
  };
}

const readText = ({ events }: Record<string, unknown>): string =>
  typeof events === 'string' ? events : inflateRawSync(events as Uint8Array).toString();

/** In the place of the input that the instance's own row has; an input is a text or null. */
const asInstance = true;

const renderEvents = (events: readonly HistoryEvent[], input: string | null): string =>
  JSON.stringify(
    events.map((event) =>
      event.EventType === eventType.executionStarted && event.Input !== null && event.Input === input
        ? { ...event, Input: asInstance }
        : event,
    ),
  );

type StoredEvent = Omit<HistoryEvent, 'Input'> & { readonly Input?: string | null | typeof asInstance };

const parseEvents = (text: string, input: string | null): readonly HistoryEvent[] =>
  (JSON.parse(text) as StoredEvent[]).map(
    (event) => (event.Input === asInstance ? { ...event, Input: input } : event) as HistoryEvent,
  );
