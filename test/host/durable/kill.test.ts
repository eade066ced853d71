import { expect, test } from 'vitest';
import { newDatabaseFile } from './engine-harness.ts';
import { startHostProcess } from './start-host-process.ts';

const operations = 40;

/** Signals the entity until it is killed; operation n adds 2^n, so that the sum tells which have counted, and how often. */
async function signalUntilKilled(url: string, from: number, kill: () => Promise<void>): Promise<number> {
  let next = from;
  const killed = new Promise((resolve) => setTimeout(resolve, 15)).then(kill);
  for (; next < operations; next++) {
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: `${2 ** next}` };
    const status = await fetch(`${url}entities/CounterEntity/k?op=add`, request).then(
      (answer) => answer.status,
      () => undefined,
    );
    if (status !== 202) break;
  }
  await killed;
  return next;
}

const readCount = async (url: string): Promise<number> => {
  const answer = await fetch(`${url}entities/CounterEntity/k`);
  return answer.status === 200 ? Number(await answer.text()) : 0;
};

test('what an entity was sent counts once, however often the host is killed', async () => {
  const databaseFile = newDatabaseFile();
  let accepted = 0;
  const unknown: number[] = [];
  for (let kills = 0; kills < 4 && accepted < operations; kills++) {
    const host = await startHostProcess(databaseFile);
    accepted = await signalUntilKilled(host.url, accepted, host.kill);
    // The one that was on its way may have been accepted or not; it is not sent again.
    if (accepted < operations) unknown.push(accepted++);
  }
  const host = await startHostProcess(databaseFile);
  const sure = Array.from({ length: accepted }, (_, n) => n).filter((n) => !unknown.includes(n));
  const countedOnce = (count: number) =>
    sure.every((n) => Math.floor(count / 2 ** n) % 2 === 1) && count < 2 ** accepted;
  await expect.poll(async () => countedOnce(await readCount(host.url)), { timeout: 20_000 }).toBe(true);
});
