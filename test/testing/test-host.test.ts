import { app, type HttpRequest, type InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { expect, it, onTestFinished } from 'vitest';
import { createTestHost, type TestHostOptions } from '../../src/testing/index.ts';
import { makeApp } from '../host/run-app.ts';

const hour = 3_600_000;

async function start(options: TestHostOptions) {
  const host = await createTestHost(options);
  onTestFinished(() => host.close({ leavesWork: true }));
  return host;
}

/** Asks three times, a day apart, and gives up after three. */
function registerReview() {
  df.app.orchestration('review', function* (context) {
    for (let reminder = 1; reminder <= 3; reminder++) {
      yield context.df.callActivity('remind', reminder);
      const late = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 24 * hour));
      const decided = context.df.waitForExternalEvent('Decision');
      if ((yield context.df.Task.any([late, decided])) === decided) {
        late.cancel();
        return decided.result;
      }
    }
    return 'expired';
  });
  df.app.activity('remind', {
    handler: (reminder: unknown, context: InvocationContext) => context.log(`reminder ${String(reminder)}`),
  });
}

const reminders = (host: Awaited<ReturnType<typeof start>>) =>
  host.lines.filter(({ category }) => category === 'Function.remind.User').map(({ message }) => message);

it.each([{}, { restartsAlways: true }, { inMemory: true }])(
  'lets a review of 72 hours expire at once: %o',
  async (options) => {
    const host = await start({ register: registerReview, ...options });
    const id = await host.start('review');
    const before = host.now();
    const end = await host.runToEnd(id);
    expect(end).toMatchObject({ runtimeStatus: 'Completed', output: 'expired' });
    expect(host.now().getTime() - before.getTime()).toBe(72 * hour);
    expect(reminders(host)).toEqual(['reminder 1', 'reminder 2', 'reminder 3']);
    await host.close();
  },
);

it('stands still until it is told to go on', async () => {
  const host = await start({ register: registerReview, startsAt: new Date('2030-02-03T04:05:06Z') });
  const id = await host.start('review');
  await host.settle();
  expect(host.now()).toEqual(new Date('2030-02-03T04:05:06Z'));
  await host.advance(24 * hour - 1);
  expect(reminders(host)).toHaveLength(1);
  await host.advance(1);
  expect(reminders(host)).toHaveLength(2);
  await host.raise(id, 'Decision', 'yes');
  await host.settle();
  expect(await host.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'yes' });
  expect((await host.history(id)).filter(({ EventType }) => EventType === 'TimerFired')).toHaveLength(1);
  await host.close();
});

it('runs HTTP functions, their durable clients and timer triggers', async () => {
  const host = await start({
    register() {
      registerReview();
      app.post('begin', {
        route: 'reviews/{id}',
        extraInputs: [df.input.durableClient()],
        handler: async (request: HttpRequest, context) => {
          const client = df.getClient(context);
          const { id = '' } = request.params;
          await client.startNew('review', { instanceId: id });
          return client.createCheckStatusResponse(request, id);
        },
      });
      app.timer('sweep', {
        schedule: '0 0 3 * * *',
        extraInputs: [df.input.durableClient()],
        handler: async (_timer, context) => df.getClient(context).raiseEvent('r1', 'Decision', 'swept'),
      });
    },
  });
  const answer = await host.fetch('/api/reviews/r1', { method: 'POST' });
  expect(answer.status).toBe(202);
  const status = (await (await fetch(answer.headers.get('location') ?? '')).json()) as { runtimeStatus: string };
  expect(status.runtimeStatus).toBe('Running');
  expect(await host.runToEnd('r1')).toMatchObject({ output: 'swept' });
  expect(host.now()).toEqual(new Date('2026-01-06T03:00:00Z'));
  await host.close();
});

it('names the instance that is stuck and what it waits for', async () => {
  const host = await start({ register: registerReview });
  const id = await host.start('review', undefined, 'r7');
  await expect(host.runUntil(id, () => false, hour)).rejects.toThrow(
    'Instance "r7" of review is still Running: it waits for event "Decision" or a timer due at 2026-01-06T08:00:00.000Z.',
  );
  await expect(host.close()).rejects.toThrow(
    'The test has left work behind.\nInstance "r7" of review is still Running',
  );
});

it('names the instance that leaks a timer', async () => {
  const host = await start({
    register: () =>
      df.app.orchestration('hasty', function* (context) {
        const late = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 72 * hour));
        yield context.df.Task.any([late, context.df.waitForExternalEvent('Decision')]);
        return 'done';
      }),
  });
  const id = await host.start('hasty');
  await host.settle();
  await host.raise(id, 'Decision');
  await host.runToEnd(id);
  await expect(host.close()).rejects.toThrow(
    'of hasty completed and left a timer running until 2026-01-08T08:00:00.000Z',
  );
});

it('stands between host and functions where it is asked to', async () => {
  const host = await start({
    register: registerReview,
    intercept: async (invocation, next) =>
      invocation.functionName === 'remind'
        ? { ok: false, exception: { message: 'out of order', stackTrace: '', source: '' } }
        : next(invocation),
  });
  const id = await host.start('review');
  expect(await host.runToEnd(id)).toMatchObject({ runtimeStatus: 'Failed' });
  expect(reminders(host)).toEqual([]);
});

it('runs a whole app from its folder, as often as it is asked to', async () => {
  const appDir = makeApp({
    'host.json': { version: '2.0', extensions: { http: { routePrefix: '' } } },
    'index.js': `
      const { app } = require('@azure/functions');
      app.http('greet', { handler: async () => ({ body: process.env.GREETING }) });
    `,
  });
  for (const GREETING of ['hello', 'good bye']) {
    const host = await start({ appDir, settings: { GREETING } });
    expect(await (await host.fetch('/greet')).text()).toBe(GREETING);
    await host.close();
    expect(process.env['GREETING']).toBeUndefined();
  }
});
