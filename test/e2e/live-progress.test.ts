import { describe, expect, it } from 'vitest';
import type { SagaView } from '../../src/ops/saga-view.ts';
import { createApi } from './api.ts';
import { useProgram } from './program.ts';
import { sample } from './sample.ts';

const program = await useProgram();
const api = createApi(program.url);

interface SagaEvent {
  readonly id: string;
  readonly saga: SagaView;
}

const parse = (text: string): SagaEvent | undefined => {
  const [, id, data] = /^id: (.+)\nevent: saga\ndata: (.+)\n\n$/m.exec(text) ?? [];
  return id === undefined || data === undefined ? undefined : { id, saga: JSON.parse(data) as SagaView };
};

const next = (instanceId: string, since?: string, query = '') =>
  api.send<string>(`/api/sagas/${instanceId}/events${query}`, {
    headers: { accept: 'text/event-stream', ...(since !== undefined && { 'last-event-id': since }) },
  });

describe('live progress', () => {
  it('tells each change once, and says when the instance has ended', async () => {
    const { instanceId } = await api.upload('live.pdf', await sample('harbor-pine-invoice.pdf'));
    const seen: SagaEvent[] = [];
    let status = 200;
    while (status === 200) {
      const answer = await next(instanceId, seen.at(-1)?.id);
      status = answer.status;
      const event = parse(answer.body);
      if (event !== undefined) seen.push(event);
    }
    expect(status).toBe(204);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    expect(seen.at(-1)?.saga).toMatchObject({ instanceId, phase: 'completed', progress: 100 });
  });

  it('answers a heartbeat when nothing happens for as long as is waited', async () => {
    const { instanceId } = await api.upload('still.pdf', await sample('unclear-invoice.pdf'));
    await api.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
    const first = parse((await next(instanceId)).body);
    const { status, headers, body } = await next(instanceId, undefined, `?since=${first?.id}&wait=0.3`);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(body).toBe('retry: 100\n: nothing new\n\n');
  });

  it('tells of a change that comes while it waits', async () => {
    const { instanceId } = await api.upload('waits.pdf', await sample('unclear-invoice.pdf'));
    await api.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
    const first = parse((await next(instanceId)).body);
    const changed = next(instanceId, first?.id);
    await api.post(`/api/sagas/${instanceId}/suspend`, { by: 'Kim' });
    expect(parse((await changed).body)?.saga.phase).toBe('suspended');
  });

  it('knows no instance of a wrong id, and refuses a wait that is too long', async () => {
    expect((await next('none')).status).toBe(404);
    expect((await next('none', undefined, '?wait=600')).status).toBe(400);
  });
});

describe('the console', () => {
  it('is a page under every path of its own, with files that a browser keeps', async () => {
    for (const path of ['/console', '/console/', '/console/sagas/some.id', '/console/reviews?x=1']) {
      const { status, headers, body } = await api.send<string>(path);
      expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(body).toContain('/console/assets/console.js');
    }
    const { headers } = await api.send('/console/assets/console.js');
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    const again = await api.send('/console/assets/console.js', {
      headers: { 'if-none-match': headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });

  it.each(['/console/assets/none.js', '/console/assets/..%2findex.html', '/console/assets/../../../package.json'])(
    'has no file at %s',
    async (path) => expect((await api.send(path)).status).toBe(404),
  );
});

describe('the list of sagas', () => {
  it('counts by phase what is asked for, whatever phase is shown', async () => {
    const { body } = await api.get<{ sagas: SagaView[]; counts: Record<string, number>; names: string[] }>(
      '/api/sagas?phase=suspended&top=1&counts=true',
    );
    expect(body.sagas.map(({ phase }) => phase)).toEqual(['suspended']);
    expect(body.counts).toEqual({ completed: 1, in_review: 1, suspended: 1 });
    expect(body.names).toEqual(['processDocument']);
  });
});
