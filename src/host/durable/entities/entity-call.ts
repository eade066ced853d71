import type { InvocationResult, TypedData } from '../../worker/contract.ts';
import type { EntityId } from './entity-id.ts';
import type { EntityRequest } from './entity-message.ts';
import type { EntityState } from './entity-state.ts';

/** What an entity function is called with: an indented JSON text. */
export const renderEntityBody = (
  self: EntityId,
  { exists, state }: EntityState,
  operations: readonly EntityRequest[],
): string => {
  const batch = operations.map(({ op, input = null, signal = false, id }) => ({
    name: op,
    input,
    isSignal: signal,
    id,
  }));
  return JSON.stringify({ self, exists, state, batch }, null, 2);
};

export interface EntityAnswer {
  readonly exists: boolean;
  readonly state: string | null;
  /** One for each operation; results are JSON texts. */
  readonly results: readonly { readonly isError: boolean; readonly result: string | null }[];
  readonly signals: readonly { readonly target: EntityId; readonly name: string; readonly input: string }[];
}

/** Never throws: what cannot be understood fails every operation and leaves the state as it was. */
export function readEntityAnswer(
  before: EntityState,
  operations: readonly EntityRequest[],
  result: InvocationResult,
): EntityAnswer {
  if (!result.ok) return failedEntityAnswer(before, operations, result.exception.message);
  try {
    return readAnswer(JSON.parse(textOf(result.returnValue)) as WorkerAnswer, operations);
  } catch (error) {
    return failedEntityAnswer(before, operations, error instanceof Error ? error.message : String(error));
  }
}

/** Each operation fails with the same words. */
export const failedEntityAnswer = (
  { exists, state }: EntityState,
  operations: readonly EntityRequest[],
  message: string,
): EntityAnswer => ({
  exists,
  state,
  results: operations.map(() => ({ isError: true, result: JSON.stringify(message) })),
  signals: [],
});

/** EntityState of durable-functions. */
interface WorkerAnswer {
  readonly results: readonly ({ readonly isError?: boolean; readonly result?: string } | null)[];
  readonly signals: EntityAnswer['signals'];
  readonly entityExists: boolean;
  readonly entityState?: string | null;
}

function readAnswer(answer: WorkerAnswer, operations: readonly EntityRequest[]): EntityAnswer {
  const { results, signals, entityExists, entityState } = answer;
  return {
    exists: entityExists,
    state: entityExists ? (entityState ?? null) : null,
    results: operations.map((_, index) => ({
      isError: results[index]?.isError === true,
      result: results[index]?.result ?? null,
    })),
    signals,
  };
}

function textOf(data: TypedData): string {
  if (data !== undefined && 'json' in data) return data.json;
  if (data !== undefined && 'string' in data) return data.string;
  throw new Error('An entity function must return the state of durable-functions.');
}
