import { useCallback, useEffect, useState } from 'preact/hooks';
import { asRefusal, type Refusal } from './api.ts';
import { nextEvent } from './next-event.ts';
import { untilVisible } from './until-visible.ts';

export interface Live<T> {
  readonly data: T | undefined;
  readonly error: Refusal | undefined;
  /** Looks again at what had ended, after it was made to go on. */
  readonly follow: () => void;
}

const pauseAfterErrorMs = 3_000;

/** Something as it is now, kept up by the events at `path` until it ends. */
export function useLive<T>(path: string): Live<T> {
  const [data, setData] = useState<T>();
  const [error, setError] = useState<Refusal>();
  const [followed, setFollowed] = useState(0);

  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    const watch = async (): Promise<void> => {
      let seen: string | undefined;
      while (!signal.aborted) {
        await untilVisible(signal);
        try {
          const event = await nextEvent<T>(path, seen, signal);
          setError(undefined);
          if (event === 'ended') return;
          if (event === undefined) continue;
          seen = event.id;
          setData(event.data);
        } catch (caught) {
          if (signal.aborted) return;
          const refusal = asRefusal(caught);
          setError(refusal);
          if (refusal.status === 404) return;
          await new Promise((wake) => setTimeout(wake, pauseAfterErrorMs));
        }
      }
    };
    void watch();
    return () => ending.abort();
  }, [path, followed]);

  return { data, error, follow: useCallback(() => setFollowed((times) => times + 1), []) };
}
