import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BlobEmulator, startBlobEmulator } from '../../../src/emulators/blob/index.ts';
import { parseBlobPattern } from '../../../src/host/triggers/blob-pattern.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder, runApp, until, type RunningApp } from '../run-app.ts';

let emulator: BlobEmulator;
let storage: BlobServiceClient;
const folder = mkdtempSync(join(tmpdir(), 'blob-trigger-'));

beforeAll(async () => {
  emulator = await startBlobEmulator({ dataDir: folder, port: 0 });
  storage = BlobServiceClient.fromConnectionString(emulator.connectionString);
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

const upload = (container: string, name: string, text: string) =>
  storage
    .getContainerClient(container)
    .getBlockBlobClient(name)
    .upload(text, Buffer.byteLength(text), { metadata: { by: 'ann' } });

const logged = (host: RunningApp, name: string) =>
  host.lines
    .filter(({ category }) => category === `Function.${name}.User`)
    .map(({ message }) => JSON.parse(message) as unknown);

it('reads the path of a trigger as Functions does', () => {
  const { container, prefix, match } = parseBlobPattern('inbox/in/{day}-{name}.csv');
  expect([container, prefix]).toEqual(['inbox', 'in/']);
  expect(match('in/mon-a/b.csv')).toEqual({ day: 'mon', name: 'a/b' });
  expect(match('in/mon.csv')).toBeUndefined();
  expect(parseBlobPattern('inbox').match('any/thing.txt')).toEqual({ name: 'any/thing.txt' });
  expect(() => parseBlobPattern('{container}/x')).toThrow('name the container');
});

it('gives each version of a blob to its function once, also after a restart', async () => {
  const app = {
    'index.js': `
      const { app } = require('@azure/functions');
      app.storageBlob('onBlob', { path: '%BOX%/{name}.txt', connection: 'Store', handler: (blob, context) => {
        const { blobTrigger, uri, name, metadata, properties } = context.triggerMetadata;
        context.log(JSON.stringify([blob.toString(), blobTrigger, uri.endsWith(blobTrigger), name, metadata.by, properties.contentLength]));
      } });`,
  };
  const options = { env: { Store: emulator.connectionString, BOX: 'once' }, dataDir: makeFolder() };
  const host = await runApp(app, options);
  await storage.createContainer('once');
  await upload('once', 'a.txt', 'one');
  await upload('once', 'a.csv', 'not meant');
  await until(() => logged(host, 'onBlob').length === 1);
  expect(logged(host, 'onBlob')).toEqual([['one', 'once/a.txt', true, 'a', 'ann', 3]]);
  await upload('once', 'a.txt', 'two!');
  await until(() => logged(host, 'onBlob').length === 2);
  await host.close();
  await upload('once', 'b.txt', 'three');
  const again = await runApp(app, options);
  await until(() => logged(again, 'onBlob').length > 0);
  expect(logged(again, 'onBlob')).toEqual([['three', 'once/b.txt', true, 'b', 'ann', 5]]);
});

it('leaves a blob alone that fails again and again, and says so', async () => {
  await storage.createContainer('poison');
  await upload('poison', 'bad', 'x');
  const host = await runApp(
    {
      'host.json': { version: '2.0', extensions: { blobs: { poisonBlobThreshold: 2 } } },
      'index.js': `
        const { app } = require('@azure/functions');
        let count = 0;
        app.storageBlob('onBlob', { path: 'poison/{name}', connection: 'Store', handler: (blob, context) => { context.log(String(++count)); throw new Error('no'); } });`,
    },
    { env: { Store: emulator.connectionString } },
  );
  await until(() => host.lines.some(({ message }) => message === 'Blob poison/bad failed 2 times and is left alone.'));
  await upload('poison', 'worse', 'y');
  await until(() => host.lines.some(({ message }) => message.startsWith('Blob poison/worse failed')));
  expect(logged(host, 'onBlob')).toEqual([1, 2, 3, 4]);
});

it('takes BlobCreated events where Event Grid is the source', async () => {
  await storage.createContainer('events');
  await upload('events', 'in/a b.txt', 'hello');
  const host = await runApp(
    {
      'index.js': `
        const { app } = require('@azure/functions');
        app.storageBlob('onBlob', { path: 'events/in/{name}', connection: 'Store', source: 'EventGrid', handler: (blob, context) => context.log(JSON.stringify(blob.toString())) });`,
    },
    { env: { Store: emulator.connectionString } },
  );
  const deliver = async (name: string, functionName = 'Host.Functions.onBlob') => {
    const body = [
      { eventType: 'Microsoft.Storage.BlobCreated', subject: `/blobServices/default/containers/events/blobs/${name}` },
    ];
    const url = `${host.url}/runtime/webhooks/blobs?functionName=${functionName}`;
    return (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).status;
  };
  expect(await deliver('in/a b.txt')).toBe(202);
  expect(await deliver('in/a b.txt')).toBe(202);
  expect(await deliver('out/other.txt')).toBe(202);
  expect(await deliver('in/a b.txt', 'nobody')).toBe(404);
  expect(logged(host, 'onBlob')).toEqual(['hello']);
});

it('reads blobs into functions and writes what they return', async () => {
  await storage.createContainer('texts');
  await upload('texts', 'ada.txt', 'hello Ada');
  const host = await runApp(
    {
      'index.js': `
        const { app, input, output } = require('@azure/functions');
        const text = input.storageBlob({ path: 'texts/{name}.txt', connection: 'Store' });
        const copy = output.storageBlob({ path: 'made/{name}-{rand-guid}.txt', connection: 'Store' });
        app.get('read', { route: 'read/{name}', extraInputs: [text], extraOutputs: [copy], handler: (request, context) => {
          const found = context.extraInputs.get(text);
          if (found) context.extraOutputs.set(copy, found);
          return { body: found ?? 'nothing' };
        } });
        app.get('lost', { extraInputs: [text], handler: () => ({}) });`,
    },
    { env: { Store: emulator.connectionString } },
  );
  const get = async (path: string) => await fetch(`${host.url}/api/${path}`);
  expect(await (await get('read/ada')).text()).toBe('hello Ada');
  expect(await (await get('read/bob')).text()).toBe('nothing');
  const made: string[] = [];
  for await (const { name } of storage.getContainerClient('made').listBlobsFlat()) made.push(name);
  expect(made).toEqual([expect.stringMatching(/^ada-[\da-f-]{36}\.txt$/)]);
  expect((await get('lost')).status).toBe(500);
  expect(host.lines.some(({ message }) => message.includes('"{name}" names nothing that the trigger brings'))).toBe(
    true,
  );
});
