import { expect, it } from 'vitest';
import { runApp, until } from '../run-app.ts';

const app = (http: object) => ({
  'host.json': { version: '2.0', extensions: { http } },
  'index.js': `
    const { app } = require('@azure/functions');
    let open = [];
    app.get('wait', { handler: async (request, context) => { context.log('began'); await new Promise((done) => open.push(done)); return { body: 'waited' }; } });
    app.timer('release', { schedule: '0 0 0 1 1 *', handler: () => open.splice(0).forEach((done) => done()) });
    app.get('own', { handler: () => ({ headers: { 'X-Frame-Options': 'SAMEORIGIN' } }) });`,
});

it('runs so many requests at once, lets others wait, and refuses the rest', async () => {
  const host = await runApp(app({ maxConcurrentRequests: 2, maxOutstandingRequests: 3 }));
  const began = () => host.lines.filter(({ message }) => message === 'began').length;
  const statuses: number[] = [];
  const ask = async () => void statuses.push((await fetch(`${host.url}/api/wait`)).status);
  const asked = Promise.all([ask(), ask(), ask(), ask(), ask()]);
  await until(() => began() === 2 && statuses.length === 2);
  const release = () => fetch(`${host.url}/admin/functions/release`, { method: 'POST', body: '{}' });
  await release();
  await until(() => began() === 3);
  await release();
  await asked;
  expect(statuses).toEqual([429, 429, 200, 200, 200]);
});

it('adds the headers of host.json to every answer, except where a function has its own', async () => {
  const host = await runApp(app({ customHeaders: { 'X-Frame-Options': 'DENY', 'X-Served-By': 'me' } }));
  const headersOf = async (path: string) => (await fetch(`${host.url}${path}`)).headers;
  expect((await headersOf('/nowhere')).get('x-frame-options')).toBe('DENY');
  const own = await headersOf('/api/own');
  expect([own.get('x-frame-options'), own.get('x-served-by')]).toEqual(['SAMEORIGIN', 'me']);
});
