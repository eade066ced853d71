import { describe, expect, it } from 'vitest';
import type { BatchProgress } from '../../src/documents/batch.ts';
import type { BatchView } from '../../src/functions/batches.http.ts';
import { type Accepted, createApi, type ProblemDocument, until } from './api.ts';
import { useProgram } from './program.ts';
import { sample } from './sample.ts';

const program = await useProgram();
const api = createApi(program.url);

type Event = BatchProgress & { readonly correlationId: string };

const next = (correlationId: string, since?: string, query = '') =>
  api.send<string>(`/api/events/stream?correlationId=${correlationId}${query}`, {
    headers: { accept: 'text/event-stream', ...(since !== undefined && { 'last-event-id': since }) },
  });
const parse = (text: string): { readonly id: string; readonly batch: Event } | undefined => {
  const [, id, data] = /^id: (.+)\nevent: batch\ndata: (.+)\n\n$/m.exec(text) ?? [];
  return id === undefined || data === undefined ? undefined : { id, batch: JSON.parse(data) as Event };
};

async function uploadAll(correlationId: string, names: readonly string[]): Promise<Accepted[]> {
  const form = new FormData();
  for (const name of names) form.append('file', new Blob([Buffer.from(await sample(name))]), name);
  const answer = await api.send<{ documents: Accepted[]; correlationId: string; batchUrl: string }>(
    `/api/documents?correlationId=${correlationId}`,
    { method: 'POST', body: form },
  );
  expect(answer.status).toBe(202);
  expect(answer.body.batchUrl).toBe(`${program.url}/api/batches/${correlationId}`);
  expect(answer.headers.get('x-correlation-id')).toBe(correlationId);
  return answer.body.documents;
}

const batch = async (id: string, query = '') => (await api.get<BatchView>(`/api/batches/${id}${query}`)).body;

describe('a batch', () => {
  it('is every document under one correlation id, however many requests they came with', async () => {
    const names = ['harbor-pine-invoice.pdf', 'nordlicht-rechnung.pdf', 'unclear-invoice.pdf'];
    const [, , unclear] = await uploadAll('march', names);
    await api.upload('greenfield-receipt.pdf', await sample('greenfield-receipt.pdf'), { 'x-correlation-id': 'march' });
    const waiting = await until(
      'batch',
      () => batch('march'),
      ({ state, total }) => total === 4 && state === 'waiting',
    );
    expect(waiting).toMatchObject({
      correlationId: 'march',
      percent: 75,
      counts: { processing: 0, awaiting_review: 1, processed: 3, rejected: 0, failed: 0 },
    });
    expect(new Set(waiting.amounts.map(({ currency }) => currency))).toEqual(new Set(['EUR', 'GBP', 'USD']));

    const pages = [await batch('march', '?top=3')];
    pages.push(await batch('march', `?top=3&continuation=${pages[0]?.continuation}`));
    expect(pages.map(({ documents }) => documents.length)).toEqual([3, 1]);
    expect(new Set(pages.flatMap(({ documents }) => documents.map(({ id }) => id))).size).toBe(4);
    const asking = await batch('march', '?status=awaiting_review');
    expect(asking.documents.map(({ id }) => id)).toEqual([unclear?.documentId]);

    await api.post(`/api/sagas/${unclear?.instanceId}/reviews/extraction`, { decision: 'reject', by: 'Kim' });
    expect(
      await until(
        'batch',
        () => batch('march'),
        ({ state }) => state === 'done',
      ),
    ).toMatchObject({ percent: 100 });
  });

  it('is done when the last saga that it waits for is killed', async () => {
    const [unclear] = await uploadAll('killed', ['unclear-invoice.pdf', 'harbor-pine-invoice.pdf']);
    await until(
      'batch',
      () => batch('killed'),
      ({ state, total }) => total === 2 && state === 'waiting',
    );
    await api.post(`/api/sagas/${unclear?.instanceId}/terminate`, { by: 'Kim', reason: 'lost' });
    expect(await batch('killed')).toMatchObject({ state: 'done', percent: 100, counts: { processed: 1, failed: 1 } });
  });

  it('is told of as it goes on, from before its first document came, each change once', async () => {
    const first = next('live');
    const [, asking] = await uploadAll('live', ['harbor-pine-invoice.pdf', 'unclear-invoice.pdf']);
    const seen = [parse((await first).body)];
    while (seen.at(-1)?.batch.state !== 'waiting') seen.push(parse((await next('live', seen.at(-1)?.id)).body));
    expect(new Set(seen.map((event) => event?.id)).size).toBe(seen.length);

    const still = await next('live', seen.at(-1)?.id, '&wait=0');
    expect(still.body).toBe('retry: 100\n: nothing new\n\n');
    const changed = next('live', seen.at(-1)?.id);
    await api.post(`/api/sagas/${asking?.instanceId}/reviews/extraction`, { decision: 'reject', by: 'Kim' });
    expect(parse((await changed).body)?.batch.counts).toMatchObject({ awaiting_review: 0 });
  });

  it('that nobody has put anything into is not known', async () => {
    const unknown = await api.get<ProblemDocument>('/api/batches/nobody');
    expect([unknown.status, unknown.body.detail]).toEqual([404, expect.stringContaining("'nobody'")]);
    expect((await next('', undefined, '&wait=0')).status).toBe(400);
    const text = await api.send('/api/documents?correlationId=two%20words', { method: 'POST', body: 'text' });
    expect(text.status).toBe(400);
  });
});
