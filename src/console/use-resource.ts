import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { getJson, Refusal } from './api.ts';

export interface Resource<T> {
  /** The last that came; it stays while newer data is on its way or cannot be had. */
  readonly data: T | undefined;
  readonly error: Refusal | undefined;
  readonly reload: () => void;
}

interface Loaded<T> {
  readonly data: T | undefined;
  readonly error: Refusal | undefined;
}

/** Nobody looks at a hidden page, and a slow answer is not asked for more often than it takes. */
const isWorthAsking = (): boolean => document.visibilityState === 'visible';
const breaksPerAnswer = 4;

/** What `path` answers, asked for again every `everyMs`, and when `cause` changes. */
export function useResource<T>(path: string, everyMs?: number, cause?: unknown): Resource<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ data: undefined, error: undefined });
  const [asked, setAsked] = useState(0);
  const shown = useRef<string | undefined>(undefined);

  useEffect(() => {
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = (tookMs: number): void => {
      if (everyMs !== undefined) timer = setTimeout(() => void load(), Math.max(everyMs, breaksPerAnswer * tookMs));
    };
    const show = async (): Promise<void> => {
      try {
        const data = await getJson<T>(path, ending.signal);
        shown.current = path;
        setLoaded({ data, error: undefined });
      } catch (error) {
        if (ending.signal.aborted) return;
        const refusal = error instanceof Refusal ? error : new Refusal(0, String(error));
        setLoaded((before) => ({ data: shown.current === path ? before.data : undefined, error: refusal }));
      }
    };
    const load = async (): Promise<void> => {
      if (!isWorthAsking()) return again(0);
      const startedAt = performance.now();
      await show();
      if (!ending.signal.aborted) again(performance.now() - startedAt);
    };
    void load();
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [path, everyMs, cause, asked]);

  const reload = useCallback(() => setAsked((times) => times + 1), []);
  return { data: loaded.data, error: loaded.error, reload };
}
