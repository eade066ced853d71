import { CosmosClient, type Container, type ContainerRequest } from '@azure/cosmos';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type CosmosEmulator, startCosmosEmulator } from '../../../src/emulators/cosmos/index.ts';

export interface EmulatorFixture {
  readonly client: CosmosClient;
  readonly emulator: CosmosEmulator;
  /** Starts at a whole second in 2026; tests move it on to let items expire. */
  readonly clock: { now(): number; advance(milliseconds: number): void };
  createContainer(definition?: Partial<ContainerRequest>): Promise<Container>;
  restart(): Promise<void>;
}

/** One emulator in a folder of its own for the tests of a file. */
export function useEmulator(): EmulatorFixture {
  const dataDir = mkdtempSync(join(tmpdir(), 'cosmos-'));
  let now = Date.UTC(2026, 0, 1);
  const clock = { now: () => now, advance: (milliseconds: number) => void (now += milliseconds) };
  let emulator: CosmosEmulator;
  let client: CosmosClient;
  let containers = 0;
  const start = async () => {
    emulator = await startCosmosEmulator({ dataDir, port: 0, clock });
    client = new CosmosClient(emulator.connectionString);
  };
  beforeAll(start);
  afterAll(async () => {
    await emulator.close();
    rmSync(dataDir, { recursive: true });
  });
  return {
    clock,
    get client() {
      return client;
    },
    get emulator() {
      return emulator;
    },
    async createContainer(definition = {}) {
      const { database } = await client.databases.createIfNotExists({ id: 'test' });
      containers += 1;
      const { container } = await database.containers.create({
        id: `container-${containers}`,
        partitionKey: '/pk',
        ...definition,
      });
      return container;
    },
    async restart() {
      await emulator.close();
      await start();
    },
  };
}

/** The status code of the refusal; fails when nothing is refused. */
export async function statusOf(request: Promise<unknown>): Promise<number> {
  try {
    await request;
  } catch (error) {
    return Number((error as { code?: unknown }).code);
  }
  throw new Error('The request was not refused.');
}
