import { useEffect, useState } from 'preact/hooks';
import type { SagaView } from '../ops/saga-view.ts';
import { getJson } from './api.ts';

export type LookedUp =
  | { readonly id: string; readonly saga: SagaView; readonly error?: undefined }
  | { readonly id: string; readonly saga?: undefined; readonly error: string };

const atOnce = 6;

/** Each of these sagas as it is now, with a verdict from its whole history, which a list does not look at. */
export function useSagas(ids: readonly string[]): readonly LookedUp[] | undefined {
  const [sagas, setSagas] = useState<readonly LookedUp[]>();
  const key = ids.join('\n');
  useEffect(() => {
    const ending = new AbortController();
    const found: LookedUp[] = [];
    const wanted = [...key.split('\n').entries()];
    const lookUp = async (): Promise<void> => {
      for (let next = wanted.shift(); next !== undefined; next = wanted.shift()) {
        const [n, id] = next;
        found[n] = await getJson<SagaView>(`/api/sagas/${encodeURIComponent(id)}`, ending.signal).then(
          (saga) => ({ id, saga }),
          (error: unknown) => ({ id, error: error instanceof Error ? error.message : String(error) }),
        );
      }
    };
    const lookUpAll = async (): Promise<void> => {
      await Promise.all(Array.from({ length: atOnce }, lookUp));
      if (!ending.signal.aborted) setSagas(found);
    };
    void lookUpAll();
    return () => ending.abort();
  }, [key]);
  return sagas;
}
