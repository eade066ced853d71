import { useEffect, useRef, useState } from 'preact/hooks';
import { asRefusal } from './api.ts';
import { operate } from './operate.ts';
import type { OperationName } from './operations.ts';

export type Outcome = { readonly state: 'running' | 'accepted' } | { readonly state: 'refused'; readonly why: string };

/** Does the same to all of these, one after the other, so that it can be watched and left, and one refusal stops no other. */
export function useBulkRun(name: OperationName, ids: readonly string[]) {
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const isLeft = useRef(false);
  useEffect(() => () => void (isLeft.current = true), []);
  const runAll = async (body: Readonly<Record<string, unknown>>): Promise<void> => {
    for (const id of ids) {
      if (isLeft.current) return;
      setOutcomes((before) => new Map(before).set(id, { state: 'running' }));
      const outcome = await attempt(() => operate(id, name, body));
      setOutcomes((before) => new Map(before).set(id, outcome));
    }
  };
  return { outcomes, runAll };
}

async function attempt(work: () => Promise<void>): Promise<Outcome> {
  try {
    await work();
    return { state: 'accepted' };
  } catch (error) {
    return { state: 'refused', why: asRefusal(error).message };
  }
}
