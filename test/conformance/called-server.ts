import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the recorded orchestrations have called over HTTP: a list, nothing, and what answers 202 once before it is done. */
export async function startCalledServer(): Promise<{ readonly server: Server; readonly url: string }> {
  let isAsked = false;
  const server = createServer((request, response) => {
    if (request.url === '/functions') return response.end('[]');
    if (request.url !== '/api/asyncapi') return response.writeHead(404).end();
    if (isAsked) return response.end('{"polled":true}');
    isAsked = true;
    const location = `http://${request.headers.host}/api/asyncapi`;
    return response.writeHead(202, { Location: location, 'Retry-After': '1' }).end('wait');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}
