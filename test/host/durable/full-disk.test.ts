import { expect, test } from 'vitest';
import { newDatabaseFile } from './engine-harness.ts';
import { startHostProcess } from './start-host-process.ts';

const start = async (url: string, id: string): Promise<number> => {
  const body = JSON.stringify({ steps: [{ kind: 'activity', id: 'x'.repeat(20_000) }], results: [] });
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(`${url}orchestrators/Script/${id}`, { method: 'POST', headers, body });
  return status;
};

const statusOf = async (url: string, id: string): Promise<unknown> => {
  const answer = await fetch(`${url}instances/${id}`);
  return answer.status === 200 ? ((await answer.json()) as { runtimeStatus: unknown }).runtimeStatus : answer.status;
};

test('a full disk refuses what is new with 503, and loses nothing that was accepted', async () => {
  const databaseFile = newDatabaseFile();
  const full = await startHostProcess(databaseFile, '1000');
  const accepted: string[] = [];
  let status = 202;
  for (let count = 0; status === 202; count++) {
    status = await start(full.url, `i${count}`);
    if (status === 202) accepted.push(`i${count}`);
  }
  expect(status).toBe(503);
  expect(accepted.length).toBeGreaterThan(0);
  expect(await start(full.url, 'later')).toBe(503);
  expect([200, 202]).toContain((await fetch(`${full.url}instances/i0`)).status);
  await full.kill();

  const roomy = await startHostProcess(databaseFile);
  for (const id of accepted) await expect.poll(() => statusOf(roomy.url, id), { timeout: 20_000 }).toBe('Completed');
  expect(await statusOf(roomy.url, 'later')).toBe(404);
});
