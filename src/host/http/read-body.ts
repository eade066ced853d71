import type { IncomingMessage } from 'node:http';
import { Transform, type Readable } from 'node:stream';
import type { AppSettings } from '../app-settings.ts';

const limitSetting = 'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT';
const defaultLimit = 104_857_600;

/**
 * Bytes that a request body may have: what Functions accepts, or what the app setting for it says.
 *
 * @throws where the setting is no number.
 */
export function readBodyLimit(env: AppSettings): number {
  const text = env[limitSetting];
  if (text === undefined || text === '') return defaultLimit;
  if (!/^\d+$/.test(text)) throw new Error(`The app setting ${limitSetting} is "${text}"; expected a number of bytes.`);
  return Number(text);
}

export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

const tooLarge = (limit: number) => new BodyTooLargeError(`The request body is larger than ${limit} bytes.`);

function announcedLength(request: IncomingMessage, limit: number): number {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > limit) throw tooLarge(limit);
  return length;
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** The rest is not left unread: a client that still sends would meet a closed connection and never see the answer. */
const discardRest = (request: IncomingMessage) => void request.resume();

async function readChunks(request: IncomingMessage, take: (chunk: Buffer, length: number) => void): Promise<number> {
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    take(chunk, length);
    length += chunk.length;
  }
  return length;
}

/**
 * The body in a buffer of its own, so that it can be handed to another thread.
 *
 * @throws BodyTooLargeError as soon as that is certain.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  try {
    const announced = announcedLength(request, limit);
    if (announced > 0) {
      const body = Buffer.allocUnsafeSlow(announced);
      await readChunks(request, (chunk, offset) => void chunk.copy(body, offset));
      return body;
    }
    const chunks: Buffer[] = [];
    const length = await readChunks(request, (chunk, before) => {
      if (before + chunk.length > limit) throw tooLarge(limit);
      chunks.push(chunk);
    });
    const body = Buffer.allocUnsafeSlow(length);
    chunks.reduce((offset, chunk) => offset + chunk.copy(body, offset), 0);
    return body;
  } catch (error) {
    discardRest(request);
    throw error;
  }
}

/** The body as it comes. `onTooLarge` is called at the byte over the limit; the stream fails then too. */
export function streamBody(
  request: IncomingMessage,
  limit: number,
  onTooLarge: (error: BodyTooLargeError) => void,
): Readable {
  let length = 0;
  const limiter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length;
      if (length > limit) done(tooLarge(limit));
      else done(null, chunk);
    },
  });
  limiter.on('error', (error) => {
    request.unpipe(limiter);
    discardRest(request);
    if (error instanceof BodyTooLargeError) onTooLarge(error);
  });
  try {
    announcedLength(request, limit);
    request.pipe(limiter);
  } catch (error) {
    limiter.destroy(error as Error);
  }
  return limiter;
}
