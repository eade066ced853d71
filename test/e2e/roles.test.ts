import { describe, expect, it } from 'vitest';
import type { Trail } from '../../src/audit/chain.ts';
import { verifyTrail } from '../../src/audit/verify-trail.ts';
import { type Api, createApi, type ProblemDocument } from './api.ts';
import { describedApi } from './contract.ts';
import { useProgram } from './program.ts';
import { sample } from './sample.ts';

const program = await useProgram({ AUTH: 'entra' });

/** As App Service authentication tells the app who signed in. */
function principalOf(name: string, ...roles: string[]): Record<string, string> {
  const claims = [{ typ: 'preferred_username', val: name }, ...roles.map((val) => ({ typ: 'roles', val }))];
  return { 'x-ms-client-principal': Buffer.from(JSON.stringify({ claims })).toString('base64') };
}

const viewer = createApi(program.url, principalOf('vera', 'viewer'));
const withoutRole = createApi(program.url, principalOf('nina', 'admin'));
const reviewer = createApi(program.url, principalOf('rio', 'reviewer'));
const operator = createApi(program.url, principalOf('otto', 'operator'));

async function inReview(name: string): Promise<string> {
  const { instanceId } = await reviewer.upload(name, await sample('unclear-invoice.pdf'));
  await viewer.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
  return instanceId;
}

const refused = (has: string, needed: string) => ({
  status: 403,
  body: {
    type: 'urn:durable-saga:problem:role_lacking',
    detail: expect.stringMatching(`needs role '${needed}'.*has role '${has}'`) as string,
  },
});

describe('a viewer', () => {
  it('reads, and may do nothing else', async () => {
    const id = await inReview('viewed.pdf');
    for (const path of ['', '/audit', '/history', '/events']) {
      expect([path, (await viewer.get(`/api/sagas/${id}${path}`)).status]).toEqual([path, 200]);
    }
    for (const operation of ['rewind', 'cancel', 'terminate', 'suspend', 'resume']) {
      const answer = await viewer.post(`/api/sagas/${id}/${operation}`, { reason: 'curious' });
      expect(answer).toMatchObject(refused('viewer', 'operator'));
    }
    expect(await viewer.send(`/api/sagas/${id}`, { method: 'DELETE' })).toMatchObject(refused('viewer', 'operator'));
    expect(await viewer.get(`/api/sagas/${id}/history?raw=true`)).toMatchObject(refused('viewer', 'operator'));
    const decision = { decision: 'approve' };
    expect(await viewer.post(`/api/sagas/${id}/reviews/extraction`, decision)).toMatchObject(
      refused('viewer', 'reviewer'),
    );
    expect(await viewer.post('/api/orders', {})).toMatchObject(refused('viewer', 'reviewer'));
    expect(await viewer.saga(id)).toMatchObject({ phase: 'in_review' });
  });
});

describe('a reviewer', () => {
  it('decides reviews under the name of the sign-in, and operates nothing', async () => {
    const id = await inReview('reviewed.pdf');
    expect(await reviewer.post(`/api/sagas/${id}/cancel`, {})).toMatchObject(refused('reviewer', 'operator'));
    const decision = { decision: 'reject', reason: 'not ours', by: 'somebody else' };
    expect((await reviewer.post(`/api/sagas/${id}/reviews/extraction`, decision)).status).toBe(202);
    await viewer.untilSaga(id, ({ runtimeStatus }) => runtimeStatus === 'Failed');
    const { entries } = (await viewer.get<Trail>(`/api/sagas/${id}/audit`)).body;
    expect(entries).toContainEqual(expect.objectContaining({ kind: 'review-decided', actor: 'rio' }));
  });
});

describe('an operator', () => {
  it('may do everything, and each operation leaves one line in the log', async () => {
    const id = await inReview('operated.pdf');
    expect((await operator.post(`/api/sagas/${id}/cancel`, { reason: 'a test' })).status).toBe(202);
    await viewer.untilSaga(id, ({ runtimeStatus }) => runtimeStatus === 'Failed');
    const lines = program.output().split('\n');
    const line = lines.filter((line) => line.includes('saga.operated') && line.includes(id));
    expect(line).toHaveLength(1);
    expect(line[0]).toMatch(/ operation cancel, .* by otto, reason a test,/);
    expect((await operator.get(`/api/sagas/${id}/history?raw=true`)).status).toBe(200);
  });
});

describe('what was refused', () => {
  it.each(['running', 'failed'])(
    'stands in the trail of an instance that is %s, once for each who and what',
    async (state) => {
      const id = await inReview(`refused-${state}.pdf`);
      if (state === 'failed') {
        await operator.post(`/api/sagas/${id}/cancel`, {});
        await viewer.untilSaga(id, ({ runtimeStatus }) => runtimeStatus === 'Failed');
      }
      const before = await viewer.saga(id);
      for (const _ of [1, 2, 3]) await viewer.post(`/api/sagas/${id}/rewind`, { reason: 'let me' });
      await reviewer.post(`/api/sagas/${id}/rewind`, { reason: 'let me too' });

      const { body } = await viewer.get<Trail>(`/api/sagas/${id}/audit`);
      expect(body.entries.filter(({ kind }) => kind === 'refused')).toMatchObject([
        { action: 'rewindSaga', actor: 'vera', reason: "needs role 'operator', has 'viewer'" },
        { action: 'rewindSaga', actor: 'rio', reason: "needs role 'operator', has 'reviewer'" },
      ]);
      expect(verifyTrail(JSON.stringify(body))).toMatchObject({ ok: true });
      const { phase, compensation } = await viewer.saga(id);
      expect({ phase, compensation }).toEqual({ phase: before.phase, compensation: before.compensation });
    },
  );
});

it('nothing that needs a role is done for one who has only those below', async () => {
  const { paths } = await describedApi(program.url);
  const below: Readonly<Record<string, Api>> = { viewer: withoutRole, reviewer: viewer, operator: reviewer };
  const operations = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ path, method, needed: operation['x-role'] })),
  );
  expect(new Set(operations.map(({ needed }) => needed))).toEqual(
    new Set(['viewer', 'reviewer', 'operator', undefined]),
  );
  for (const { path, method, needed = '' } of operations.filter(({ needed }) => needed !== undefined)) {
    const asked = `/api${path.replaceAll(/\{\w+\}/g, 'any')}`;
    const answer = await below[needed]?.send(asked, { method: method.toUpperCase() });
    expect([method, asked, answer?.status]).toEqual([method, asked, 403]);
  }
});

it('the description of the API says who may call what, and that keys open nothing', async () => {
  const { paths } = await describedApi(program.url);
  expect(paths['/sagas/{id}/rewind']?.['post']).toMatchObject({ security: [{ entra: ['operator'] }] });
  expect(paths['/me']?.['get']).toMatchObject({ security: [{ entra: [] }] });
  expect(paths['/openapi.json']?.['get']).toMatchObject({ security: [] });
});

describe('one without a role', () => {
  it('that is signed in gets nothing but to know it', async () => {
    expect((await withoutRole.get('/api/me')).body).toEqual({ name: 'nina', roles: [] });
    expect((await withoutRole.get<ProblemDocument>('/api/sagas')).body.detail).toContain('has no role here');
  });

  it('that is not signed in gets what is public, with a key or without', async () => {
    const anybody = createApi(program.url);
    for (const path of ['/api/sagas', '/api/me', '/api/health/ready', '/api/nothing']) {
      const answer = await anybody.get<ProblemDocument>(path);
      expect(answer).toMatchObject({ status: 401, body: { status: 401 } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
    for (const path of ['/api/openapi.json', '/api/health/live']) expect((await anybody.get(path)).status).toBe(200);
  });
});

it('each role is told who it is', async () => {
  expect((await viewer.get('/api/me')).body).toEqual({ name: 'vera', roles: ['viewer'] });
  expect((await operator.get('/api/me')).body).toEqual({ name: 'otto', roles: ['viewer', 'reviewer', 'operator'] });
});
