import { expect, it } from 'vitest';
import { runApp } from '../run-app.ts';

const app = {
  'index.js': `
    const { app } = require('@azure/functions');
    app.eventGrid('onEvent', { handler: (event, context) => {
      context.log(JSON.stringify(event));
      if (event.data?.fail) throw new Error('no');
    } });
    app.generic('onEvents', { trigger: { type: 'eventGridTrigger', name: 'events', cardinality: 'MANY' }, handler: (events, context) => context.log(JSON.stringify(events.length)) });
  `,
};

const event = (id: string, data: object = {}) => ({
  id,
  subject: '/a',
  eventType: 'Made',
  eventTime: '2026-01-01T00:00:00Z',
  data,
  dataVersion: '1',
});

it('answers the handshakes of Event Grid and of CloudEvents', async () => {
  const host = await runApp(app);
  const url = `${host.url}/runtime/webhooks/eventgrid?functionName=onEvent`;
  const validation = await fetch(url, {
    method: 'POST',
    headers: { 'aeg-event-type': 'SubscriptionValidation' },
    body: JSON.stringify([{ ...event('1'), data: { validationCode: 'abc' } }]),
  });
  expect(await validation.json()).toEqual({ validationResponse: 'abc' });
  const options = await fetch(url, {
    method: 'OPTIONS',
    headers: { 'webhook-request-origin': 'eventemitter.example.com' },
  });
  expect(options.status).toBe(200);
  expect(options.headers.get('webhook-allowed-origin')).toBe('eventemitter.example.com');
  const unsubscribe = await fetch(url, { method: 'POST', headers: { 'aeg-event-type': 'Unsubscribe' }, body: '[]' });
  expect(unsubscribe.status).toBe(202);
});

it('calls the function for each event, and asks for a repetition where one fails', async () => {
  const host = await runApp(app);
  const post = async (functionName: string, body: unknown) => {
    const url = `${host.url}/runtime/webhooks/eventgrid?functionName=${functionName}`;
    return (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).status;
  };
  const logged = (name: string) =>
    host.lines
      .filter(({ category }) => category === `Function.${name}.User`)
      .map(({ message }) => JSON.parse(message) as unknown);
  expect(await post('onEvent', [event('1'), event('2')])).toBe(202);
  expect(await post('onevent', { ...event('3'), specversion: '1.0' })).toBe(202);
  expect(logged('onEvent')).toMatchObject([{ id: '1' }, { id: '2' }, { id: '3', specversion: '1.0' }]);
  expect(await post('onEvent', [event('4', { fail: true })])).toBe(500);
  expect(await post('onEvents', [event('5'), event('6')])).toBe(202);
  expect(logged('onEvents')).toEqual([2]);
  expect(await post('nobody', [event('7')])).toBe(404);
  const bad = await fetch(`${host.url}/runtime/webhooks/eventgrid?functionName=onEvent`, { method: 'POST', body: '{' });
  expect(bad.status).toBe(400);
});
