import { useEffect, useState } from 'preact/hooks';

/** All screens lie under this path. */
export const root = '/api/console';

export interface Place {
  /** Decoded segments below {@link root}. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

const moved = 'console:moved';

const placeOf = ({ pathname, search }: Location): Place => ({
  segments: pathname
    .slice(root.length)
    .split('/')
    .filter((segment) => segment !== '')
    .map(decoded),
  query: new URLSearchParams(search),
});

/** Anybody can mangle an address. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Where the page stands; filters are part of it, so that a view can be linked and gone back to. */
export function usePlace(): Place {
  const [place, setPlace] = useState(() => placeOf(location));
  useEffect(() => {
    const update = (): void => setPlace(placeOf(location));
    const events = ['popstate', moved];
    for (const event of events) window.addEventListener(event, update);
    document.addEventListener('click', followLink);
    return () => {
      for (const event of events) window.removeEventListener(event, update);
      document.removeEventListener('click', followLink);
    };
  }, []);
  return place;
}

export function go(url: string, { replace = false } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', url);
  window.dispatchEvent(new Event(moved));
}

export const sagaUrl = (id: string): string => `${root}/sagas/${encodeURIComponent(id)}`;
export const batchUrl = (id: string): string => `${root}/batches/${encodeURIComponent(id)}`;
export const orderUrl = (id: string): string => `${root}/orders/${encodeURIComponent(id)}`;
export const documentUrl = (id: string): string => `${root}/documents/${encodeURIComponent(id)}`;

/** The query without what is empty; the place in a list goes with the list that it was a place in. */
export function withQuery(query: URLSearchParams, changes: Readonly<Record<string, string | undefined>>): string {
  const next = new URLSearchParams(query);
  next.delete('continuation');
  next.delete('page');
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') next.delete(name);
    else next.set(name, value);
  }
  return `${location.pathname}?${next.toString()}`.replace(/\?$/, '');
}

/** Links within the console need no new page; those with a modifier key or to elsewhere are the browser's. */
function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target !== '' || link.origin !== location.origin || link.hash !== '') return;
  if (link.pathname !== root && !link.pathname.startsWith(`${root}/`)) return;
  event.preventDefault();
  go(link.href);
  window.scrollTo(0, 0);
}
