import type { Container, CosmosClient } from '@azure/cosmos';
import { readSetting } from '../bindings/read-setting.ts';
import type { AppFunction, Binding } from '../worker/contract.ts';
import type { ServiceTriggerContext } from './trigger.ts';

/** Where a function stands in its change feed, kept in the lease container. */
export interface CosmosLease {
  read(): Promise<string | undefined>;
  write(continuation: string): Promise<void>;
}

interface LeaseDocument {
  readonly id: string;
  readonly continuation: string;
}

async function findContainer(client: CosmosClient, trigger: Binding, database: string, name: string) {
  const container = client.database(database).container(name);
  if (trigger['createLeaseContainerIfNotExists'] === true) {
    const { database: found } = await client.databases.createIfNotExists({ id: database });
    await found.containers.createIfNotExists({ id: name, partitionKey: '/id' });
    return container;
  }
  const { statusCode } = await container.read().catch((error: { code?: unknown }) => ({ statusCode: error.code }));
  if (statusCode !== 404) return container;
  throw new Error(
    `the lease container "${name}" of database "${database}" does not exist. Create it with the partition key /id, or set createLeaseContainerIfNotExists.`,
  );
}

/** @throws where the lease container is missing. */
export async function openCosmosLease(
  fn: AppFunction,
  trigger: Binding,
  { clients, env }: ServiceTriggerContext,
): Promise<CosmosLease> {
  const read = (name: string) => readSetting(trigger, name, env);
  const client = await clients.cosmos(read('leaseConnection') || read('connection'));
  const database = read('leaseDatabaseName') || read('databaseName');
  const container: Container = await findContainer(client, trigger, database, read('leaseContainerName') || 'leases');
  const id = `${read('leaseContainerPrefix')}${fn.name}..${read('databaseName')}..${read('containerName')}`;
  return {
    async read() {
      const { resource } = await container.item(id, id).read<LeaseDocument>();
      return resource?.continuation;
    },
    write: async (continuation) => void (await container.items.upsert({ id, continuation })),
  };
}
