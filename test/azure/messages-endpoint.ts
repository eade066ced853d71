import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MessagesRequest {
  readonly headers: IncomingMessage['headers'];
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly content: readonly { readonly type: string; readonly source?: unknown }[] }[];
    readonly output_config: { readonly format: { readonly type: string; readonly schema: object } };
  };
}

export type MessagesAnswer = (request: MessagesRequest) => {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
};

export interface MessagesEndpoint {
  readonly url: string;
  readonly requests: readonly MessagesRequest[];
  answerWith(answer: MessagesAnswer): void;
  close(): Promise<void>;
}

const brokenDown: MessagesAnswer = () => failure(500, 'api_error');

/** An endpoint that speaks the Messages API of Anthropic: what it answers is up to the test. */
export async function startMessagesEndpoint(): Promise<MessagesEndpoint> {
  const requests: MessagesRequest[] = [];
  let answer = brokenDown;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const isMessage = request.method === 'POST' && request.url === '/v1/messages';
    const received = { headers: request.headers, body: parse(Buffer.concat(chunks)) };
    if (isMessage) requests.push(received);
    const { status, headers = {}, body } = isMessage ? answer(received) : failure(404, 'not_found_error');
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answerWith: (next) => (answer = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const parse = (body: Buffer): MessagesRequest['body'] => JSON.parse(body.toString('utf8')) as MessagesRequest['body'];

export const failure = (status: number, type: string, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  headers,
  body: { type: 'error', error: { type, message: `${type} of the test` }, request_id: 'req_1' },
});

export const message = (text: string, stopReason = 'end_turn') => ({
  status: 200,
  body: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-5-5-20260901',
    content: [{ type: 'text', text }],
    stop_reason: stopReason,
    stop_sequence: null,
    usage: { input_tokens: 1200, output_tokens: 340 },
  },
});
