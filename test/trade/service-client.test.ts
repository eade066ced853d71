import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { createServiceClient } from '../../src/trade/service-client.ts';
import { parseRetryAfter } from '../../src/trade/service-errors.ts';
import { keyed } from './local-trade.ts';

const answerSchema = z.object({ n: z.number() });

/** A client of a server that answers as told. */
async function serve(listener: RequestListener, { concurrent = 10, queued = 0, timeoutMs = 5_000 } = {}) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const client = createServiceClient('bank', { baseUrl, timeoutMs, now: () => new Date() }, { concurrent, queued });
  return {
    server,
    post: (key = 'k', signal?: AbortSignal) => client.post('things', { a: 1 }, answerSchema, keyed(key, signal)),
  };
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a request to an outside system', () => {
  it('carries its key and its body', async () => {
    const seen: unknown[] = [];
    const { post } = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push([request.method, request.url, request.headers['idempotency-key'], body]);
        response.end('{"n":1}');
      });
    });
    expect(await post('order-1/main/pay#1/do')).toEqual({ n: 1 });
    expect(seen).toEqual([['POST', '/things', 'order-1/main/pay#1/do', '{"a":1}']]);
  });

  it.each([
    [400, 'TerminalError', 'failed'],
    [404, 'TerminalError', 'failed'],
    [409, 'TerminalError', 'failed'],
    [408, 'RetryableError', 'failed'],
    [425, 'RetryableError', 'failed'],
    [429, 'RetryableError', 'failed'],
    [503, 'RetryableError', 'failed'],
    [500, 'RetryableError', 'unknown'],
    [502, 'RetryableError', 'unknown'],
    [504, 'RetryableError', 'unknown'],
  ])('that is answered %i is a %s whose effect has %s', async (status, name, outcome) => {
    const { post } = await serve((_, response) => response.writeHead(status).end('no'));
    expect(await failure(post())).toMatchObject({ name, outcome, code: `bank_http_${status}` });
  });

  it('takes over the code and the message of a refusal', async () => {
    const { post } = await serve((_, response) => response.writeHead(402).end('{"code":"broke","message":"no money"}'));
    expect(await failure(post())).toMatchObject({ code: 'broke', message: 'bank answered 402: no money' });
  });

  it('that is told when to come back knows it', async () => {
    const { post } = await serve((_, response) => response.writeHead(503, { 'retry-after': '7' }).end());
    expect(await failure(post())).toMatchObject({ retryAfterMs: 7_000 });
  });

  it.each(['{"n":"one"}', 'not json', ''])('whose answer is %j has an unknown effect', async (body) => {
    const { post } = await serve((_, response) => response.end(body));
    expect(await failure(post())).toMatchObject({ name: 'TerminalError', code: 'bank_bad_answer', outcome: 'unknown' });
  });

  it('whose answer breaks off has an unknown effect', async () => {
    const { post } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"n":', () => response.destroy());
    });
    expect(await failure(post())).toMatchObject({ code: 'bank_reply_lost', outcome: 'unknown' });
  });

  it('that gets no answer in its time has an unknown effect', async () => {
    const { post } = await serve(() => undefined, { timeoutMs: 50 });
    expect(await failure(post())).toMatchObject({ code: 'bank_timeout', outcome: 'unknown' });
  });

  it('to a system that is not there has certainly no effect', async () => {
    const { server, post } = await serve(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    expect(await failure(post())).toMatchObject({
      name: 'RetryableError',
      code: 'bank_unreachable',
      outcome: 'failed',
    });
  });
});

describe('the header Retry-After', () => {
  it.each([
    ['7', 7_000],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 60_000],
    ['Wed, 21 Oct 2020 07:28:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('%j asks for a wait of %j ms', (header, expected) => {
    expect(parseRetryAfter(header, new Date('2026-10-21T07:27:00Z'))).toBe(expected);
  });
});

describe('the circuit breaker', () => {
  it('opens after five failures in a row, says until when, and closes after three successes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    let up = false;
    let requests = 0;
    const { post } = await serve((_, response) => {
      requests++;
      response.writeHead(up ? 200 : 500).end('{"n":1}');
    });
    for (let n = 0; n < 5; n++) expect(await failure(post())).toMatchObject({ code: 'bank_http_500' });
    vi.setSystemTime(Date.now() + 20_000);
    expect(await failure(post())).toMatchObject({
      name: 'RetryableError',
      code: 'bank_circuit_open',
      outcome: 'failed',
      retryAfterMs: 40_000,
    });
    expect(requests).toBe(5);

    vi.setSystemTime(Date.now() + 40_000);
    expect(await failure(post())).toMatchObject({ code: 'bank_http_500' });
    expect(await failure(post())).toMatchObject({ code: 'bank_circuit_open', retryAfterMs: 60_000 });

    vi.setSystemTime(Date.now() + 60_000);
    up = true;
    for (let n = 0; n < 3; n++) expect(await post()).toEqual({ n: 1 });
    up = false;
    for (let n = 0; n < 5; n++) expect(await failure(post())).toMatchObject({ code: 'bank_http_500' });
    expect(await failure(post())).toMatchObject({ code: 'bank_circuit_open' });
  });

  it('takes a refusal and a rate limit for no failure', async () => {
    const statuses = [402, 429, 404, 429, 402, 429, 404];
    const { post } = await serve((_, response) => response.writeHead(statuses.shift() ?? 200).end('{"n":1}'));
    for (let n = 0; n < 7; n++) expect(await failure(post())).toBeInstanceOf(Error);
    expect(await post()).toEqual({ n: 1 });
  });
});

describe('the bulkhead', () => {
  it('lets few through at once, queues some, and turns the rest away unsent', async () => {
    const waiting: (() => void)[] = [];
    const { post } = await serve((_, response) => void waiting.push(() => response.end('{"n":1}')), {
      concurrent: 2,
      queued: 1,
    });
    const taken = [post(), post(), post()];
    expect(await failure(post())).toMatchObject({ name: 'RetryableError', code: 'bank_busy', outcome: 'failed' });
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    for (const answer of waiting.splice(0)) answer();
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    waiting[0]?.();
    expect(await Promise.all(taken)).toHaveLength(3);
  });

  it('never sends what was given up while it queued', async () => {
    const waiting: (() => void)[] = [];
    const { post } = await serve((_, response) => void waiting.push(() => response.end('{"n":1}')), {
      concurrent: 1,
      queued: 1,
    });
    const first = post();
    const givenUp = new AbortController();
    const second = failure(post('late', givenUp.signal));
    givenUp.abort();
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    waiting[0]?.();
    await first;
    expect(await second).toBeInstanceOf(Error);
    expect(waiting).toHaveLength(1);
  });
});
