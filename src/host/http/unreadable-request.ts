import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

const reasons: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_INVALID_URL: [
    400,
    'The URL has a character that URLs may not have. Percent-encode it as UTF-8: "é" is %C3%A9 and a space is %20. Or send a file in a form (multipart/form-data): there its name may stand as it is.',
  ],
  HPE_HEADER_OVERFLOW: [431, 'The headers have more than 16 KB. Send less in them, or what is long in the body.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The headers did not come in time. Send the request again.'],
};

/** Answers what Node.js refuses before there is a request, with a problem document (RFC 9457) that says why, and closes. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  // The client is gone.
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, detail] = reasons[error.code ?? ''] ?? [400, `This is not HTTP: ${error.message}.`];
  const body = JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
