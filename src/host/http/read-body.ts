import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';

/** What Functions accepts by default; FUNCTIONS_REQUEST_BODY_SIZE_LIMIT changes it. */
export const defaultBodyLimit = 104_857_600;

export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

const tooLarge = (limit: number) => new BodyTooLargeError(`The request body is larger than ${limit} bytes.`);

function checkAnnouncedLength(request: IncomingMessage, limit: number): void {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** @throws BodyTooLargeError as soon as that is certain. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  checkAnnouncedLength(request, limit);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  const [only] = chunks;
  return chunks.length === 1 && only ? only : Buffer.concat(chunks, length);
}

/** Passes the body on and fails with BodyTooLargeError at the byte over the limit. */
export function createBodyLimiter(request: IncomingMessage, limit: number): Transform {
  checkAnnouncedLength(request, limit);
  let length = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length;
      if (length > limit) done(tooLarge(limit));
      else done(null, chunk);
    },
  });
}
