import type { Target } from './play-recording.ts';

/**
 * @param url of the host, without a slash at the end.
 * @param code the key of its webhooks, where it wants one.
 */
export function createHttpTarget(url: string, code: string | undefined, calledUrl: string): Target {
  const linkBase = `${url}/runtime/webhooks/durabletask`;
  return {
    linkBase,
    calledUrl,
    async call(method, path, { contentType, body, headers }) {
      const key = code === undefined ? '' : `${path.includes('?') ? '&' : '?'}code=${encodeURIComponent(code)}`;
      const response = await fetch(`${linkBase}${path}${key}`, {
        method,
        headers: { ...headers, ...(typeof contentType === 'string' && { 'content-type': contentType }) },
        // Bytes, because fetch gives a text a content type of its own.
        ...(body !== undefined && { body: new TextEncoder().encode(body) }),
      });
      return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
    },
  };
}
