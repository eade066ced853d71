import { connect as connectTo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import type { DocumentPage } from '../../src/azure/document-records.ts';
import { createApi, type ProblemDocument, until } from './api.ts';
import { expectProblem } from './expect-problem.ts';
import { connect } from './local-clients.ts';
import { useProgram } from './program.ts';
import { sample } from './sample.ts';

const program = await useProgram();
const api = createApi(program.url);
const local = connect(program.connections);
afterAll(() => local.close());

const pdf = await sample('harbor-pine-invoice.pdf');

/** The fields that a refused query names. */
const fields = async (path: string) => {
  const answer = await api.send<ProblemDocument>(path);
  expectProblem(answer, 400, 'invalid', /The query is not as it should be/);
  return answer.body.errors?.map(({ field }) => field);
};

describe('a message of the document queue that is no event', () => {
  it('is dead-lettered after five deliveries, and those behind it get through', async () => {
    await local.sendToQueue({ hello: 'world' });
    await local.sendToQueue('not even an object');
    await local.dropBlob('behind.pdf', pdf);
    const dead = await local.deadLetters(2);
    expect(dead.map(({ deadLetterReason }) => deadLetterReason)).toEqual([
      'MaxDeliveryCountExceeded',
      'MaxDeliveryCountExceeded',
    ]);
    expect(dead.map(({ body }) => body as unknown)).toEqual(
      expect.arrayContaining([{ hello: 'world' }, 'not even an object']),
    );
    await until(
      'the document behind',
      async () => (await api.get<DocumentPage>('/api/documents?q=behind&status=processed')).body.documents,
      (documents) => documents.length === 1,
    );
  });

  it('is nothing to fail for when its blob is not there any more', async () => {
    await local.sendToQueue({
      subject: '/blobServices/default/containers/incoming/blobs/never-was.pdf',
      data: { eTag: '0x1' },
    });
    await local.sendToQueue({ subject: '/blobServices/default/containers/other/blobs/a.pdf', data: {} });
    await until('an empty queue', local.queuedMessages, (count) => count === 0);
    expect((await api.get<DocumentPage>('/api/documents?q=never-was')).body.documents).toEqual([]);
  });

  it('may carry metadata that cannot be decoded', async () => {
    await local.dropBlob('odd-metadata.pdf', pdf, { sendername: '%E0%A4%A', uploadedas: 'nonsense' });
    const [record] = await until(
      'its document',
      async () => (await api.get<DocumentPage>('/api/documents?q=odd-metadata&status=processed')).body.documents,
      (documents) => documents.length === 1,
    );
    expect(record).toMatchObject({ name: 'odd-metadata.pdf' });
  });
});

describe('a request that nobody can serve', () => {
  it.each([
    '/api/dev/faults',
    '/api/sagas/processDocument',
    '/api/sagas/some/rewind',
    '/api/sagas/some/cancel',
    '/api/sagas/some/terminate',
    '/api/sagas/some/suspend',
    '/api/sagas/some/resume',
  ])('POST %s with a body that is not JSON, or of another shape, is refused', async (path) => {
    for (const body of ['{"by": ', '\u0000', 'null', '[]', '"text"', '17']) {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
      const answer = await api.send<ProblemDocument>(path, init);
      expectProblem(
        answer,
        400,
        body.startsWith('{') || body === '\u0000' ? 'invalid_json' : 'invalid',
        /JSON|is not as it should be/,
      );
    }
  });

  it.each([
    ['GET', '/api/nothing/here'],
    ['POST', '/api/document'],
    ['GET', '/api'],
    ['DELETE', '/api/sagas/a/b/c'],
  ])('%s %s is not found', async (method, path) => {
    expectProblem(await api.send<ProblemDocument>(path, { method }), 404, 'unknown_route', /GET \/api\/documents/);
  });

  it('with a method that its path does not have is told which it has', async () => {
    const answer = await api.send<ProblemDocument>('/api/documents', { method: 'PUT', body: 'x' });
    expectProblem(answer, 405, 'method_not_allowed', /GET, POST/);
    expect(answer.headers.get('allow')).toBe('GET, POST');
    expectProblem(await api.send<ProblemDocument>('/api/sagas/some/rewind'), 405, 'method_not_allowed', /POST/);
  });

  it('with an id that no record can have is not found', async () => {
    for (const id of [
      'nobody',
      '%25',
      '%E0%A4%A',
      'a%2Fb',
      '20261399-000000000000000000000000',
      'x'.repeat(500),
      'x'.repeat(1_000),
    ]) {
      expectProblem(await api.send<ProblemDocument>(`/api/documents/${id}`), 404, 'not_found', /GET \/api\/documents/);
      expectProblem(await api.send<ProblemDocument>(`/api/sagas/${id}`), 404, 'not_found', /GET \/api\/sagas/);
    }
  });

  it('a value that does not fit is named with its field', async () => {
    const answer = await api.send<ProblemDocument>('/api/documents?from=yesterday');
    expectProblem(answer, 400, 'invalid', /from: .*\(given: "yesterday"\)/);
  });

  it('a value that is not there is said to be missing', async () => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"input":{}}' };
    const answer = await api.send<ProblemDocument>('/api/sagas/processDocument', init);
    expectProblem(answer, 400, 'invalid', /input\.documentId: is missing;/);
  });

  it('with a query that does not fit lists each field', async () => {
    expect(await fields('/api/documents?status=lost&category=poem&top=1000&from=yesterday')).toEqual([
      'status',
      'category',
      'from',
      'top',
    ]);
    expect(await fields('/api/sagas?status=Lost&top=x&from=yesterday')).toEqual(['status', 'from', 'top']);
    expect(await fields('/api/sagas?status=Lost&phase=lost')).toEqual(['status', 'phase']);
    const lost = await api.send<ProblemDocument>('/api/sagas?phase=lost');
    expect(lost.body.detail).toMatch(/phase: .*"in_review".*"terminated".*given: "lost"/);
    for (const text of ['nonsense', '{}', '2026-99-99Tnoon an-id']) {
      const continuation = Buffer.from(text).toString('base64url');
      expect(await fields(`/api/sagas?continuation=${continuation}`)).toEqual(['continuation']);
      expect(await fields(`/api/documents?continuation=${continuation}`)).toEqual(['continuation']);
    }
    expect(await fields('/api/reviews?state=closed')).toEqual(['state']);
  });

  it('with a correlation id that cannot stand in a header gets one of ours where it only reads', async () => {
    const { headers, status } = await api.send('/api/documents', { headers: { 'x-correlation-id': 'two words' } });
    expect(status).toBe(200);
    expect(headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(['/api/documents?name=a.txt', '/api/orders', '/api/sagas/processDocument'])(
    'POST %s with such a correlation id is refused, since nothing would be found by it',
    async (path) => {
      const form = /X-Correlation-Id: must be 1 to 128 letters .*, digits, '_'.*\(given: "two words"\)/;
      const headers = { 'x-correlation-id': 'two words' };
      const refused = await api.send<ProblemDocument>(path, { method: 'POST', headers, body: 'text' });
      expectProblem(refused, 400, 'invalid', form);
      const inQuery = `${path}${path.includes('?') ? '&' : '?'}correlationId=two%20words`;
      const alsoRefused = await api.send<ProblemDocument>(inQuery, { method: 'POST', body: 'text' });
      expectProblem(alsoRefused, 400, 'invalid', /correlationId: must be 1 to 128 letters/);
    },
  );

  it.each([
    '/api/documents?q=&status=&category=&correlationId=&from=&to=&top=&continuation=',
    '/api/orders?q=&status=&customer=&from=&to=&top=&continuation=',
    '/api/sagas?q=&status=&phase=&name=&from=&to=&top=&counts=&continuation=',
    '/api/reviews?state=&Code=key&clientid=default',
  ])('GET %s asks for everything', async (path) => {
    const { pathname } = new URL(path, program.url);
    const [some, all] = await Promise.all([api.send<object>(path), api.send<object>(pathname)]);
    expect([some.status, Object.keys(some.body)]).toEqual([200, Object.keys(all.body)]);
  });

  it.each([
    ['/api/documents?stauts=failed', /stauts: does not belong here.*known are q, status, category/],
    ['/api/orders?Status=failed', /Status: does not belong here.*known are q, status, customer/],
    ['/api/sagas?correlationId=a', /correlationId: does not belong here.*known are name, status, phase/],
    ['/api/reviews?of=a', /known are state/],
    ['/api/batches/a?q=a', /known are status, top, continuation/],
    ['/api/events/stream?correlationId=a&until=1', /known are since, wait, correlationId/],
    ['/api/sagas/a/events?until=1', /known are since, wait\)/],
    ['/api/sagas/a/audit?as=csv', /known are format, at/],
    ['/api/sagas/a/history?Raw=true', /known are raw/],
    ['/api/documents/a/content?form=text', /known are as/],
  ])('GET %s is told which names there are', async (path, known) => {
    expectProblem(await api.send<ProblemDocument>(path), 400, 'invalid', known);
  });

  it.each([
    ['/api/sagas/a/audit?at=yesterday', /at: must be an instant such as 2026-05-04T10:00:00Z \(given: "yesterday"\)/],
    ['/api/sagas?from=yesterday', /from: must be an instant such as 2026-05-04T10:00:00Z/],
    ['/api/documents?from=yesterday', /from: must be a date such as 2026-05-04 \(given: "yesterday"\)/],
    ['/api/orders?to=2026-13-01', /to: must be a date such as 2026-05-04/],
  ])('GET %s is told which times there are', async (path, form) => {
    expectProblem(await api.send<ProblemDocument>(path), 400, 'invalid', form);
  });

  it('with a body that has members of another name is told which belong there', async () => {
    const answer = await api.post<ProblemDocument>('/api/orders', { shiping: {} });
    expectProblem(answer, 400, 'invalid', /shiping: does not belong here: leave it out \(known are .*\bshipping/);
  });

  it('without anybody who decides is told how to name one', async () => {
    const answer = await api.post<ProblemDocument>('/api/sagas/some/cancel', {});
    expectProblem(answer, 400, 'invalid', /by is missing: say in the JSON body who decides.*or sign in/);
  });

  it('with a name in the URL as it is, not encoded, is told the two ways to send it', async () => {
    const { hostname, port } = new URL(program.url);
    const socket = connectTo(Number(port), hostname);
    socket.write('POST /api/documents?name=发票.pdf HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toMatch(/Percent-encode it.*multipart\/form-data/);
  });

  it('with more JSON than anybody has to say is refused before it is read', async () => {
    const answer = await api.post<ProblemDocument>('/api/orders', 'x'.repeat(10 * 1024 * 1024));
    expectProblem(answer, 413, 'too_large', /over 10 MB/);
  });

  it('with an Idempotency-Key that is too long is refused', async () => {
    const headers = { 'idempotency-key': 'k'.repeat(256) };
    const answer = await api.send<ProblemDocument>('/api/documents', { method: 'POST', headers, body: 'text' });
    expectProblem(answer, 400, 'invalid', /Idempotency-Key: .*255 characters/);
  });
});
