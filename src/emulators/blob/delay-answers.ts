import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const writing = new Set(['PUT', 'POST', 'DELETE', 'PATCH']);

/**
 * Holds back the answers to writes until `ready` has resolved for them; when it rejects, the connection is cut instead, so
 * that the client takes the write for unanswered.
 */
export function delayAnswers(
  server: Server,
  ready: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): void {
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!writing.has(request.method ?? '')) return;
    const end = response.end.bind(response) as (...rest: unknown[]) => ServerResponse;
    response.end = (...rest: unknown[]) => {
      ready(request, response).then(
        () => end(...rest),
        () => response.destroy(),
      );
      return response;
    };
  });
}
