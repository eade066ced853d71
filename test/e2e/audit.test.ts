import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, describe, expect, it } from 'vitest';
import type { Trail } from '../../src/audit/chain.ts';
import type { SagaState } from '../../src/audit/compute-state-at.ts';
import { createVerifier } from '../../src/audit/signature.ts';
import { verifyTrail } from '../../src/audit/verify-trail.ts';
import { createAuditArchive } from '../../src/azure/audit-archive.ts';
import { createRefusals } from '../../src/azure/refusals.ts';
import { createDurableInstances } from '../../src/azure/durable-instances.ts';
import { archiveAndPurge } from '../../src/ops/archive-and-purge.ts';
import { createApi, type ProblemDocument, until } from './api.ts';
import { connect } from './local-clients.ts';
import { makeDataFolder, useProgram } from './program.ts';
import { sample } from './sample.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }) as string;

const signing = { AUDIT_SIGNING_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
const program = await useProgram(signing);
const api = createApi(program.url);
const local = connect(program.connections);
afterAll(() => local.close());

const folder = await makeDataFolder(afterAll);

/** The command as users run it; answers its exit code and what it printed. */
async function audit(...args: string[]): Promise<{ readonly code: number; readonly output: string }> {
  const script = ['--disable-warning=ExperimentalWarning', 'src/local/audit.ts', ...args];
  try {
    return { code: 0, output: (await promisify(execFile)(process.execPath, script)).stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

async function processed(name: string): Promise<string> {
  const { instanceId } = await api.upload(name, await sample('harbor-pine-invoice.pdf'), { 'x-correlation-id': name });
  await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Completed');
  return instanceId;
}

const showAll = <T>(instance: T): T => instance;

const closeRecord = (): Promise<void> => Promise.resolve();

const auditOf = (id: string, query = '') =>
  api.get<Trail & { readonly state: SagaState }>(`/api/sagas/${id}/audit${query}`);

describe('the audit trail of a document', () => {
  it('is served with the state at any time, in each format, signed', async () => {
    const id = await processed('served.pdf');
    const { status, body } = await auditOf(id);
    expect(status).toBe(200);
    expect(body.head).toMatchObject({ instanceId: id, saga: 'processDocument', count: body.entries.length });
    expect(body.entries[0]).toMatchObject({ kind: 'started', correlationId: 'served.pdf' });
    expect(body.entries.at(-1)).toMatchObject({ kind: 'ended', outcome: 'Completed' });
    expect(body.entries.filter(({ kind }) => kind === 'attempt').every(({ inputSha256 }) => inputSha256)).toBe(true);
    expect(body.state).toMatchObject({ phase: 'completed', outcome: 'Completed' });

    const begun = await auditOf(id, `?at=${body.entries[1]?.startedAt}`);
    expect(begun.body.state).toMatchObject({
      phase: 'running',
      steps: [{ step: 'main/saveRecord#1', state: 'running' }],
    });
    expect(begun.body.entries).toEqual(body.entries);

    const types = { jsonl: 'application/jsonl', csv: 'text/csv; charset=utf-8', html: 'text/html; charset=utf-8' };
    for (const [format, type] of Object.entries(types)) {
      const exported = await fetch(`${program.url}/api/sagas/${id}/audit?format=${format}`);
      expect(exported.headers.get('content-type')).toBe(type);
      if (format === 'html') continue;
      expect(verifyTrail(await exported.text(), createVerifier(publicPem))).toMatchObject({ signature: 'valid' });
    }
    const refused = await api.get<ProblemDocument>(`/api/sagas/${id}/audit?format=csv&at=2026-01-01T00:00:00Z`);
    expect([refused.status, refused.body.errors?.[0]?.field]).toEqual([400, 'at']);
    expect((await auditOf('nobody')).status).toBe(404);
  });

  it('tells a review, a decision and who killed what', async () => {
    const { instanceId } = await api.upload('unclear.pdf', await sample('unclear-invoice.pdf'));
    await api.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
    expect((await auditOf(instanceId)).body.state).toMatchObject({ phase: 'in_review', review: { id: 'extraction' } });
    await api.post(`/api/sagas/${instanceId}/suspend`, { by: 'Kim', reason: 'lunch' });
    await api.untilSaga(instanceId, ({ phase }) => phase === 'suspended');
    await api.post(`/api/sagas/${instanceId}/resume`, { by: 'Kim' });
    await api.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
    await api.post(`/api/sagas/${instanceId}/reviews/extraction`, {
      decision: 'reject',
      by: 'Ada',
      reason: 'not ours',
    });
    await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Failed');
    const told = (await auditOf(instanceId)).body.entries.filter(({ actor }) => actor !== undefined);
    expect(told.map(({ summary }) => summary)).toEqual([
      'The instance was suspended by Kim: lunch.',
      'The instance was resumed by Kim.',
      'Review extraction: reject by Ada: not ours.',
    ]);
  });

  it('stands beside the history as the engine gives it', async () => {
    const id = await processed('raw.pdf');
    const shown = 'showHistory=true&showHistoryOutput=true&showInput=true';
    const native = await api.get(`/runtime/webhooks/durabletask/instances/${id}?${shown}`);
    expect((await api.get(`/api/sagas/${id}/history`)).body).toEqual(native.body);
    expect((await api.get('/api/sagas/nobody/history')).status).toBe(404);
  });
});

describe('npm run audit', () => {
  it('exports a trail, and verifies it until somebody touches it', async () => {
    const id = await processed('exported.pdf');
    const file = join(folder, 'trail.jsonl');
    const key = join(folder, 'public.pem');
    const exported = await audit('export', id, '--url', program.url);
    expect(exported.code).toBe(0);
    await writeFile(file, exported.output);
    await writeFile(key, publicPem);

    const intact = await audit('verify', file, '--public-key', key);
    expect(intact).toMatchObject({ code: 0 });
    expect(intact.output).toMatch(/is as it was exported: \d+ entries of processDocument.*signature is right/s);
    expect((await audit('verify', file)).output).toContain('give --public-key');

    const lines = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, lines.toSpliced(3, 1).join('\n').replace('exported.pdf', 'another.pdf'));
    const touched = await audit('verify', file);
    expect(touched).toMatchObject({ code: 1 });
    expect(touched.output).toMatch(/NOT as it was exported:\n- entry 1 was changed.*\n- entry 3 is missing/);
  });

  it('says what is wrong with what it is given', async () => {
    expect(await audit('verify')).toMatchObject({ code: 2, output: expect.stringContaining('Usage') as string });
    expect(await audit('verify', join(folder, 'none'))).toMatchObject({
      code: 1,
      output: expect.stringContaining('none') as string,
    });
    expect(await audit('export', 'nobody', '--url', program.url)).toMatchObject({
      code: 1,
      output: expect.stringMatching(/answered 404: There is no saga 'nobody'/) as string,
    });
  });
});

describe('an instance that is deleted', () => {
  it('is forgotten by the engine, and its trail goes on being served from the archive', async () => {
    const id = await processed('forgotten.pdf');
    const before = (await auditOf(id)).body;
    const body = JSON.stringify({ by: 'Kim', reason: 'a test' });
    const deleted = await api.send<{ archivedAs: string }>(`/api/sagas/${id}`, { method: 'DELETE', body });
    expect(deleted.status).toBe(202);
    expect((await api.get(`/api/sagas/${id}`)).status).toBe(404);
    const after = (await auditOf(id)).body;
    expect(verifyTrail(await local.readBlob('audit', deleted.body.archivedAs))).toMatchObject({ head: after.head });
    expect(after.entries.slice(0, -1)).toEqual(before.entries);
    expect(after.entries.at(-1)).toMatchObject({
      kind: 'deleted',
      actor: 'Kim',
      reason: 'a test',
      summary: 'The instance was deleted by Kim: a test.',
    });
    expect(after.state).toEqual({ ...before.state, at: after.state.at });
    expect(program.output()).toMatch(new RegExp(`saga.deleted.*${id}.*Kim.*a test`));
    expect((await api.send(`/api/sagas/${id}?by=Kim`, { method: 'DELETE' })).status).toBe(404);
  });

  it('must be deleted by somebody', async () => {
    const id = await processed('asked-for.pdf');
    const nobody = await api.send<ProblemDocument>(`/api/sagas/${id}`, { method: 'DELETE' });
    expect([nobody.status, nobody.body.errors?.[0]?.field]).toEqual([400, 'by']);
    expect((await api.send(`/api/sagas/${id}?by=Ada&reason=done`, { method: 'DELETE' })).status).toBe(202);
    expect((await auditOf(id)).body.entries.at(-1)).toMatchObject({ actor: 'Ada', reason: 'done' });
  });

  it('must have ended', async () => {
    const { instanceId } = await api.upload('waits.pdf', await sample('unclear-invoice.pdf'));
    await api.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
    const refused = await api.send<ProblemDocument>(`/api/sagas/${instanceId}?by=Kim`, { method: 'DELETE' });
    expect([refused.status, refused.body.type]).toEqual([409, 'urn:durable-saga:problem:not_ended']);
    expect(await api.saga(instanceId)).toMatchObject({ phase: 'in_review' });
  });

  it('stays when its trail cannot be archived', async () => {
    const id = await processed('stays.pdf');
    const closed = program.connections.storage.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1');
    const storage = BlobServiceClient.fromConnectionString(closed, { retryOptions: { maxTries: 1 } });
    const instances = createDurableInstances(`${program.url}/runtime/webhooks/durabletask`);
    const refusals = createRefusals(BlobServiceClient.fromConnectionString(program.connections.storage));
    const keeping = {
      archive: createAuditArchive(storage),
      sign: undefined,
      redaction: showAll,
      refusals,
      closeRecord,
    };
    const deletion = { at: '2026-03-01T10:00:00.000Z', by: 'Kim', reason: undefined };
    await expect(archiveAndPurge(instances, id, deletion, keeping)).rejects.toThrow(/ECONNREFUSED/);
    expect(await api.saga(id)).toMatchObject({ runtimeStatus: 'Completed' });
  });
});

describe('retention', async () => {
  const often = { RETENTION_DAYS: '0.00001', RETENTION_SCHEDULE: '* * * * * *' };
  const retiring = await useProgram(often);
  const retired = createApi(retiring.url);
  const services = connect(retiring.connections);
  afterAll(() => services.close());

  it('archives and purges what ended long enough ago, and leaves what runs', async () => {
    const running = await retired.upload('runs.pdf', await sample('unclear-invoice.pdf'));
    const ended = await retired.upload('ends.pdf', await sample('harbor-pine-invoice.pdf'));
    const gone = () => retired.get(`/api/sagas/${ended.instanceId}`);
    await until('the purge', gone, ({ status }) => status === 404);
    expect(await services.blobNames('audit')).toEqual([expect.stringContaining(ended.instanceId)]);
    const trail = (await retired.get<Trail>(`/api/sagas/${ended.instanceId}/audit`)).body;
    expect(trail.entries.slice(-2)).toMatchObject([
      { kind: 'ended', outcome: 'Completed' },
      { kind: 'deleted', actor: 'retention', reason: expect.stringContaining('ended before') as string },
    ]);
    expect(await retired.saga(running.instanceId)).toMatchObject({ phase: 'in_review' });
  });
});
