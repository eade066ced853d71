import { useCallback, useEffect, useState } from 'preact/hooks';
import type { SagaView } from '../ops/saga-view.ts';
import { Refusal, request } from './api.ts';

export interface LiveSaga {
  readonly saga: SagaView | undefined;
  readonly error: Refusal | undefined;
  /** Looks again at an instance that had ended, after it was rewound. */
  readonly follow: () => void;
}

const pauseAfterErrorMs = 3_000;

/** An instance as it is now, kept up by its events until it ends. */
export function useLiveSaga(id: string): LiveSaga {
  const [saga, setSaga] = useState<SagaView>();
  const [error, setError] = useState<Refusal>();
  const [followed, setFollowed] = useState(0);

  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    const watch = async (): Promise<void> => {
      let seen: string | undefined;
      while (!signal.aborted) {
        try {
          const event = await nextEvent(id, seen, signal);
          setError(undefined);
          if (event === 'ended') return;
          if (event === undefined) continue;
          seen = event.id;
          setSaga(event.saga);
        } catch (caught) {
          if (signal.aborted) return;
          setError(caught instanceof Refusal ? caught : new Refusal(0, String(caught)));
          if (caught instanceof Refusal && caught.status === 404) return;
          await new Promise((wake) => setTimeout(wake, pauseAfterErrorMs));
        }
      }
    };
    void watch();
    return () => ending.abort();
  }, [id, followed]);

  return { saga, error, follow: useCallback(() => setFollowed((times) => times + 1), []) };
}

interface SagaEvent {
  readonly id: string;
  readonly saga: SagaView;
}

/** Not an EventSource, which cannot send a key. Nothing for a heartbeat. */
async function nextEvent(
  id: string,
  seen: string | undefined,
  signal: AbortSignal,
): Promise<SagaEvent | 'ended' | undefined> {
  const response = await request(`/api/sagas/${encodeURIComponent(id)}/events`, {
    headers: { accept: 'text/event-stream', ...(seen !== undefined && { 'last-event-id': seen }) },
    signal,
  });
  if (response.status === 204) return 'ended';
  const text = await response.text();
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
  const data = field('data');
  const eventId = field('id');
  return data === undefined || eventId === undefined ? undefined : { id: eventId, saga: JSON.parse(data) as SagaView };
}
