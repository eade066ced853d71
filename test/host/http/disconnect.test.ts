import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { runApp, until, type RunningApp } from '../run-app.ts';

const app = (enableHttpStream: boolean) => ({
  'index.js': `
    const { app } = require('@azure/functions');
    app.setup({ enableHttpStream: ${enableHttpStream} });
    app.http('upload', { methods: ['POST'], handler: async (request, context) => {
      context.log('called');
      try { for await (const chunk of request.body) context.log('chunk'); context.log('whole'); } catch { context.log('broken off'); }
      return { body: 'thanks' };
    } });
    app.http('hello', { methods: ['GET'], handler: async (_, context) => {
      context.log('asked');
      await new Promise((done) => setTimeout(done, 20));
      return { body: 'hello' };
    } });`,
});

const logged = ({ lines }: RunningApp, text: string) => lines.some(({ message }) => message.startsWith(text));

/** Sends raw HTTP and breaks the connection off when `seen`. */
async function breakOff({ port }: RunningApp, text: string, seen: () => boolean) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(text);
  await until(seen);
  socket.destroy();
}

const halfAnUpload = 'POST /api/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf';

it('tells a function that streams when its client breaks off an upload', async () => {
  const host = await runApp(app(true));
  await breakOff(host, halfAnUpload, () => logged(host, 'chunk'));
  await until(() => logged(host, 'broken off'));
  expect(await (await fetch(`${host.url}/api/hello`)).text()).toBe('hello');
});

it('does not call a function without streams when its client breaks off an upload', async () => {
  const host = await runApp(app(false));
  const later = Date.now() + 20;
  await breakOff(host, halfAnUpload, () => Date.now() > later);
  await until(() => logged(host, 'The client broke off'));
  expect(logged(host, 'called')).toBe(false);
});

it.each([true, false])('lets a function end whose client is gone (streams: %s)', async (streams) => {
  const host = await runApp(app(streams));
  await breakOff(host, 'GET /api/hello HTTP/1.1\r\nHost: x\r\n\r\n', () => logged(host, 'asked'));
  await until(() => logged(host, "Executed 'Functions.hello'"));
  expect(host.lines.filter(({ level }) => level === 'error')).toEqual([]);
});
