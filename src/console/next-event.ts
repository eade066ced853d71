import { request } from './api.ts';

export interface LiveEvent<T> {
  readonly id: string;
  readonly data: T;
}

/**
 * What happens next at `path`. Not an EventSource, which cannot send a key. Nothing for a heartbeat.
 * @param seen id of the last event
 */
export async function nextEvent<T>(
  path: string,
  seen: string | undefined,
  signal: AbortSignal,
): Promise<LiveEvent<T> | 'ended' | undefined> {
  const headers = { accept: 'text/event-stream', ...(seen !== undefined && { 'last-event-id': seen }) };
  const response = await request(path, { headers, signal });
  if (response.status === 204) return 'ended';
  const text = await response.text();
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
  const data = field('data');
  const id = field('id');
  return data === undefined || id === undefined ? undefined : { id, data: JSON.parse(data) as T };
}
