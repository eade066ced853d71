import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Accepted } from './api.ts';
import { connect } from './local-clients.ts';
import type { Program } from './program.ts';
import { sample } from './sample.ts';

/** What senders were promised, by the SHA-256 of the content. */
export interface Promised {
  /** By document id. */
  readonly accepted: Map<string, string>;
  /** By blob name. */
  readonly dropped: Map<string, string>;
}

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

const invoice = await sample('harbor-pine-invoice.pdf');
const unsure = await sample('unclear-invoice.pdf');

/** Bytes behind a PDF's end are allowed, and make each one a file of its own; every fifth waits for a person. */
const numbered = (n: number): Buffer<ArrayBuffer> =>
  Buffer.concat([n % 5 === 0 ? unsure : invoice, Buffer.from(`\n% ${n}\n`)]);

const pauseMs = 20;

/**
 * Sends documents while the program comes and goes, by every way in: posted once, posted with an Idempotency-Key again and again
 * until it is answered, and put into `incoming`.
 */
export async function sendDocuments(
  current: () => Program | undefined,
  { accepted, dropped }: Promised,
  isOver: () => boolean,
): Promise<void> {
  let count = 0;
  const postOnce = async (): Promise<void> => {
    const content = numbered(count++);
    const answer = await post(current()?.url, content, {});
    if (answer !== undefined) accepted.set(answer.documentId, sha256(content));
  };
  const postUntilAnswered = async (): Promise<void> => {
    const key = `key-${count}`;
    const content = numbered(count++);
    while (!isOver()) {
      const answer = await post(current()?.url, content, { 'idempotency-key': key });
      if (answer !== undefined) return void accepted.set(answer.documentId, sha256(content));
      await sleep(pauseMs);
    }
  };
  const drop = async (): Promise<void> => {
    const content = numbered(count++);
    const name = `dropped-${sha256(content).slice(0, 8)}.pdf`;
    if (await put(current(), name, content)) dropped.set(name, sha256(content));
  };
  const repeat = async (send: () => Promise<void>): Promise<void> => {
    while (!isOver()) {
      await send();
      await sleep(pauseMs);
    }
  };
  await Promise.all([postOnce, postUntilAnswered, postUntilAnswered, drop].map(repeat));
}

/** Undefined where the request was not answered with 202. */
async function post(
  url: string | undefined,
  content: Buffer<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<Accepted | undefined> {
  if (url === undefined) return undefined;
  try {
    const response = await fetch(`${url}/api/documents?name=posted.pdf`, { method: 'POST', headers, body: content });
    return response.status === 202 ? ((await response.json()) as Accepted) : undefined;
  } catch {
    return undefined;
  }
}

async function put(program: Program | undefined, name: string, content: Buffer): Promise<boolean> {
  if (program === undefined) return false;
  const local = connect(program.connections, { maxTries: 1 });
  try {
    await local.dropBlob(name, content);
    return true;
  } catch {
    return false;
  } finally {
    await local.close();
  }
}
