import { expect, it, onTestFinished } from 'vitest';
import { createApi } from './api.ts';
import { makeDataFolder, startProgram } from './program.ts';
import { sample } from './sample.ts';

async function started(dataDir: string, args: readonly string[] = []) {
  const program = await startProgram({ dataDir, args });
  onTestFinished(() => program.kill());
  return program;
}

it('a program that is told to stop ends cleanly, and goes on where it was when it is started again', async () => {
  const dataDir = await makeDataFolder(onTestFinished);
  const first = await started(dataDir);
  const { connections } = first;
  const content = await sample('harbor-pine-invoice.pdf');
  const accepted = await Promise.all(
    Array.from({ length: 5 }, (_, n) => createApi(first.url).upload(`stopped-${n}.pdf`, content)),
  );
  expect(await first.stop()).toBe(0);

  const second = await started(dataDir);
  expect(second.connections).toEqual(connections);
  const api = createApi(second.url);
  for (const { documentId } of accepted) await api.untilRecord(documentId, ({ status }) => status === 'processed');
  const ready = await api.get<{ dependencies: { name: string; healthy: boolean }[] }>('/api/health/ready');
  expect(ready.status).toBe(200);
  expect(ready.body.dependencies.map(({ name, healthy }) => [name, healthy])).toEqual([
    ['storage', true],
    ['records', true],
    ['queue', true],
  ]);
});

it('a document whose saga was killed and deleted is not started again with the program', async () => {
  const dataDir = await makeDataFolder(onTestFinished);
  const program = await started(dataDir);
  const first = createApi(program.url);
  const { instanceId, documentId } = await first.upload('killed.pdf', await sample('unclear-invoice.pdf'));
  await first.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
  await first.post(`/api/sagas/${instanceId}/terminate`, { by: 'Kim' });
  expect((await first.send(`/api/sagas/${instanceId}?by=Kim`, { method: 'DELETE' })).status).toBe(202);
  await program.kill();

  const again = createApi((await started(dataDir)).url);
  const later = await again.upload('later.pdf', await sample('harbor-pine-invoice.pdf'));
  // Its blob was announced after the one that was left.
  await again.untilRecord(later.documentId, ({ status }) => status === 'processed');
  expect((await again.get(`/api/sagas/${instanceId}`)).status).toBe(404);
  expect(await again.record(documentId)).toMatchObject({ status: 'failed', error: { code: 'terminated' } });
});

it('two programs run side by side, each with its data', async () => {
  const [one, two] = await Promise.all([0, 1].map(async () => started(await makeDataFolder(onTestFinished))));
  const { documentId } = await createApi(one?.url ?? '').upload('one.txt', Buffer.from('INVOICE'));
  expect((await createApi(two?.url ?? '').get(`/api/documents/${documentId}`)).status).toBe(404);
});

it('a second program on the same data is refused, and the first one serves on', async () => {
  const dataDir = await makeDataFolder(onTestFinished);
  const { url } = await started(dataDir);
  await expect(started(dataDir)).rejects.toThrow(/ended with 1 .*(in use|already|another|locked)/s);
  expect((await createApi(url).get('/api/health/ready')).status).toBe(200);
});

it.each([
  [['--port', 'http'], /--port is 'http'; give a number from 0 to 65535/],
  [['--cosmos-port', '-1'], /--cosmos-port/],
  [['--colour', 'red'], /--colour.*Usage/s],
])('a start with %j ends with what is wrong', async (args, complaint) => {
  const dataDir = await makeDataFolder(onTestFinished);
  await expect(startProgram({ dataDir, args })).rejects.toThrow(complaint);
});

it('a start on a port in use names it', async () => {
  const { url } = await started(await makeDataFolder(onTestFinished));
  const { port } = new URL(url);
  const dataDir = await makeDataFolder(onTestFinished);
  await expect(startProgram({ dataDir, args: ['--port', port] })).rejects.toThrow(`Port ${port}`);
});

it('a start with bad settings lists them all', async () => {
  const dataDir = await makeDataFolder(onTestFinished);
  const env = { REVIEW_THRESHOLD: '7', MAX_DOCUMENT_MB: 'many' };
  await expect(startProgram({ dataDir, env })).rejects.toThrow(/REVIEW_THRESHOLD is "7".*MAX_DOCUMENT_MB is "many"/s);
});
