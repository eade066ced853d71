import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { z } from 'zod';
import { type BlobCreated, startBlobEmulator } from '../emulators/blob/index.ts';
import { startCosmosEmulator } from '../emulators/cosmos/index.ts';
import { createEventGrid } from '../emulators/event-grid.ts';
import { startServiceBusEmulator } from '../emulators/service-bus/index.ts';
import { startTradeEmulator } from '../emulators/trade/index.ts';
import { claimDataFolder } from '../host/index.ts';
import { localEntities } from './local-entities.ts';

export const serviceNames = ['blob', 'cosmos', 'serviceBus', 'trade'] as const;
export type ServiceName = (typeof serviceNames)[number];

export interface LocalServicesOptions {
  readonly dataDir: string;
  /** Ports that were asked for; the others are the ones of the last start where they are free, so that URLs keep their meaning. */
  readonly ports: Partial<Record<ServiceName, number>>;
}

export interface LocalServices {
  /** App settings that lead the app to the services. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Blob storage, Event Grid, Service Bus, Cosmos DB and the systems that orders need, for one machine; everything they keep lies under `dataDir`. */
export async function startLocalServices({ dataDir, ports }: LocalServicesOptions): Promise<LocalServices> {
  const leaveDataFolder = claimDataFolder(dataDir);
  const startedAt = new Date();
  const lastStartFile = join(dataDir, 'last-start.json');
  const last = readLastStart(lastStartFile);
  const listen = <T>(service: ServiceName, start: (port: number) => Promise<T>): Promise<T> =>
    ports[service] === undefined
      ? startOn(last.ports?.[service], start)
      : start(ports[service]).catch((error: unknown) => {
          throw isPortInUse(error) ? portInUse(service, ports[service], error) : error;
        });

  const broker = await listen('serviceBus', (port) =>
    startServiceBusEmulator({ databaseFile: join(dataDir, 'service-bus.sqlite'), port, entities: localEntities }),
  );
  const cosmos = await listen('cosmos', (port) => startCosmosEmulator({ dataDir, port }));
  const onBlobCreated = createEventGrid({
    broker,
    queue: 'document-processing',
    containers: ['incoming'],
    now: () => new Date(),
    newId: randomUUID,
  });
  const blob = await listen('blob', (port) =>
    startBlobEmulator({ dataDir: join(dataDir, 'blob'), port, onBlobCreated }),
  );
  for (const left of await listBlobs(blob.connectionString, 'incoming', last.startedAt)) await onBlobCreated(left);
  const trade = await listen('trade', (port) =>
    startTradeEmulator({
      databaseFile: join(dataDir, 'trade.sqlite'),
      port,
      now: () => new Date(),
      newId: randomUUID,
    }),
  );
  saveStart(lastStartFile, {
    startedAt,
    ports: { blob: blob.port, cosmos: cosmos.port, serviceBus: broker.port, trade: trade.port },
  });
  return {
    environment: {
      AzureWebJobsStorage: blob.connectionString,
      COSMOS_CONNECTION: cosmos.connectionString,
      SERVICE_BUS_CONNECTION: broker.connectionString,
      INVENTORY_URL: `${trade.url}/inventory`,
      PAYMENTS_URL: `${trade.url}/payments`,
      FRAUD_URL: `${trade.url}/fraud`,
      SHIPPING_URL: `${trade.url}/shipping`,
      NOTIFICATIONS_URL: `${trade.url}/notifications`,
    },
    async close() {
      await trade.close();
      await blob.close();
      await cosmos.close();
      await broker.close();
      leaveDataFolder();
    },
  };
}

/**
 * What a kill may have left without its event, between the blob and the queue: blobs that were written since the last start,
 * which saw to the ones before. Event Grid delivers at least once, so the app knows what to do with an event that comes again.
 */
async function listBlobs(connectionString: string, container: string, since = new Date(0)): Promise<BlobCreated[]> {
  const client = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(container);
  const blobs: BlobCreated[] = [];
  if (!(await client.exists())) return blobs;
  for await (const { name, properties } of client.listBlobsFlat()) {
    const { etag, contentLength = 0, lastModified } = properties;
    // Storage tells the time in whole seconds.
    if (lastModified.getTime() + 1_000 <= since.getTime()) continue;
    const { url } = client.getBlobClient(name);
    blobs.push({ container, name, url, eTag: etag.replaceAll('"', ''), contentLength, api: 'PutBlob' });
  }
  return blobs;
}

async function startOn<T>(port: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  if (port === undefined) return start(0);
  try {
    return await start(port);
  } catch (error) {
    if (isPortInUse(error)) return start(0);
    throw error;
  }
}

const isPortInUse = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

const portInUse = (service: ServiceName, port: number | undefined, cause: unknown): Error =>
  new Error(
    `the port ${port} that was given for ${service} is in use: give another one, or none for any that is free`,
    {
      cause,
    },
  );

const lastStartSchema = z.object({
  startedAt: z.coerce.date(),
  ports: z.object({ blob: z.number(), cosmos: z.number(), serviceBus: z.number(), trade: z.number() }),
});
type LastStart = z.infer<typeof lastStartSchema>;

function readLastStart(file: string): Partial<LastStart> {
  try {
    return lastStartSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}

/** All at once, whenever a kill comes. */
function saveStart(file: string, start: LastStart): void {
  writeFileSync(`${file}.new`, JSON.stringify(start));
  renameSync(`${file}.new`, file);
}
