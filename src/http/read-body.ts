import type { HttpRequest } from '@azure/functions';
import { Problem } from './problem.ts';

const megabyte = 1024 * 1024;

/** A body need not announce its length, nor keep to it. @throws Problem `too_large`, with the remedy */
export async function readBody(request: HttpRequest, limitBytes: number, remedy: string): Promise<Buffer<ArrayBuffer>> {
  const tooLarge = (): Problem =>
    new Problem(413, 'too_large', `The body is over ${limitBytes / megabyte} MB: ${remedy}.`);
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > limitBytes) throw tooLarge();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
