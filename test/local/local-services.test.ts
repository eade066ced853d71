import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { BlobServiceClient } from '@azure/storage-blob';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type LocalServices, startLocalServices } from '../../src/local/local-services.ts';

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'local-services-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const setting = ({ environment }: LocalServices, name: string): string => environment[name] ?? '';

const incomingOf = (services: LocalServices) =>
  BlobServiceClient.fromConnectionString(setting(services, 'AzureWebJobsStorage')).getContainerClient('incoming');

/** Receives one message of the document queue, for good. */
async function takeEvent(services: LocalServices): Promise<unknown> {
  const client = new ServiceBusClient(setting(services, 'SERVICE_BUS_CONNECTION'));
  const receiver = client.createReceiver('document-processing', { receiveMode: 'receiveAndDelete' });
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 10_000 });
  await client.close();
  return message?.body;
}

describe('the local services', () => {
  it('announce a blob in incoming, and again after the next start, which cannot tell what a kill kept from the queue', async () => {
    const dataDir = makeFolder();
    const first = await startLocalServices({ dataDir, ports: {} });
    await incomingOf(first).create();
    await incomingOf(first).getBlockBlobClient('a ü.txt').upload('text', 4);
    const event = {
      eventType: 'Microsoft.Storage.BlobCreated',
      subject: '/blobServices/default/containers/incoming/blobs/a ü.txt',
    };
    const announced = await takeEvent(first);
    await first.close();
    expect(announced).toMatchObject(event);

    const second = await startLocalServices({ dataDir, ports: {} });
    const again = await takeEvent(second);
    await second.close();
    expect(again).toMatchObject({ ...event, data: { eTag: (announced as { data: { eTag: string } }).data.eTag } });
  });

  it('say which port is in use, and which folder', async () => {
    const dataDir = makeFolder();
    const first = await startLocalServices({ dataDir, ports: {} });
    const port = Number(new URL(setting(first, 'PAYMENTS_URL')).port);
    await expect(startLocalServices({ dataDir: makeFolder(), ports: { trade: port } })).rejects.toThrow(
      `the port ${port} that was given for trade is in use: give another one`,
    );
    await expect(startLocalServices({ dataDir, ports: {} })).rejects.toThrow(
      /is in use by another program.*give another folder with --data/,
    );
    await first.close();
  });

  it('keep their ports over a restart, unless others are asked for or theirs are taken', async () => {
    const dataDir = makeFolder();
    const first = await startLocalServices({ dataDir, ports: {} });
    await first.close();
    const second = await startLocalServices({ dataDir, ports: {} });
    expect(second.environment).toEqual(first.environment);
    const elsewhere = await startLocalServices({ dataDir: makeFolder(), ports: {} });
    for (const name of ['AzureWebJobsStorage', 'COSMOS_CONNECTION', 'SERVICE_BUS_CONNECTION']) {
      expect(setting(elsewhere, name)).not.toBe(setting(second, name));
    }
    await Promise.all([second.close(), elsewhere.close()]);
  });
});
