import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asRefusal, getJson, type Refusal } from './api.ts';
import { untilVisible } from './until-visible.ts';

export interface Resource<T> {
  /** The last that came; it stays while newer data is on its way or cannot be had. */
  readonly data: T | undefined;
  readonly error: Refusal | undefined;
  readonly reload: () => void;
}

/** A slow answer is not asked for more often than it takes. */
const breaksPerAnswer = 4;

/** What `path` answers, asked for again every `everyMs`, and when `cause` has changed. */
export function useResource<T>(path: string, everyMs?: number, cause?: unknown): Resource<T> {
  const [loaded, setLoaded] = useState<Omit<Resource<T>, 'reload'>>({ data: undefined, error: undefined });
  const askAgain = useRef(() => {});
  const reload = useCallback(() => askAgain.current(), []);

  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isShown = false;
    const show = async (): Promise<void> => {
      try {
        const data = await getJson<T>(path, signal);
        isShown = true;
        setLoaded({ data, error: undefined });
      } catch (error) {
        if (!signal.aborted)
          setLoaded((before) => ({ data: isShown ? before.data : undefined, error: asRefusal(error) }));
      }
    };
    const keepUp = async (): Promise<void> => {
      while (!signal.aborted) {
        await untilVisible(signal);
        // What is asked for meanwhile is asked for afterwards: an answer that is never awaited would never be shown.
        const wanted = Promise.withResolvers<void>();
        askAgain.current = wanted.resolve;
        const startedAt = performance.now();
        await show();
        const tookMs = performance.now() - startedAt;
        if (everyMs !== undefined) timer = setTimeout(wanted.resolve, Math.max(everyMs, breaksPerAnswer * tookMs));
        await wanted.promise;
        clearTimeout(timer);
      }
    };
    void keepUp();
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [path, everyMs]);
  useEffect(reload, [cause]);

  return { ...loaded, reload };
}
