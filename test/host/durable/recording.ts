import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the real engine did, in a compact form: a file a scenario, a line a management request with its answer, or an execution.
 * Ids, times and error details are masked where the engine makes them up.
 */
export interface Recording {
  readonly scenario: string;
  readonly exchanges: readonly Exchange[];
  readonly executions: readonly RecordedExecution[];
}

export interface Exchange {
  /** Method, path, and with a body its content type and text. */
  readonly request: readonly [method: string, path: string, contentType?: string | null, body?: string];
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface RecordedExecution {
  readonly body: { readonly input: unknown; readonly instanceId: string; readonly parentInstanceId: string | null };
  readonly episodes: readonly RecordedEpisode[];
}

export interface RecordedEpisode {
  /** What the history has gained since the call before. */
  readonly added: readonly unknown[];
  /** What a rewind has put in the place of events that stood there, by place. */
  readonly replaced?: Readonly<Record<string, unknown>>;
  /** IsPlayed of every event, as a digit each. */
  readonly isPlayed: string;
  readonly isReplaying: boolean;
  readonly answer: RecordedState | { readonly failed: RecordedState } | { readonly crashed: string };
}

/** The actions are those of the call before up to `keep`, then `added`. */
interface RecordedState {
  readonly isDone: boolean;
  readonly actions: { readonly keep: number; readonly added: readonly unknown[] };
  readonly output?: unknown;
  readonly error?: string;
  readonly customStatus?: unknown;
}

const folder = join(import.meta.dirname, 'data');

const readRecording = (file: string): Recording => {
  const lines = readFileSync(join(folder, file), 'utf8').split('\n');
  const items = lines.filter(Boolean).map((line) => JSON.parse(line) as Exchange | RecordedExecution);
  return {
    scenario: file.replace(/\.jsonl$/, ''),
    exchanges: items.filter((item) => 'request' in item),
    executions: items.filter((item) => 'episodes' in item),
  };
};

export const recordings: readonly Recording[] = readdirSync(folder).sort().map(readRecording);
