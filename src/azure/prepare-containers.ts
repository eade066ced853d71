import type { CosmosClient } from '@azure/cosmos';

/**
 * Runs work once the database and its containers are there: with `create` they are made at first use, and a failed attempt to
 * make them is repeated by the next call. Where infra/ made them, the app's identity may not.
 * @param containers each container's name and the path of its partition key
 */
export function prepareContainers(
  client: CosmosClient,
  databaseName: string,
  create: boolean,
  containers: Readonly<Record<string, string>>,
) {
  let ready: Promise<void> | undefined = create ? undefined : Promise.resolve();
  const make = async (): Promise<void> => {
    const { database } = await client.databases.createIfNotExists({ id: databaseName });
    for (const [id, path] of Object.entries(containers)) {
      await database.containers.createIfNotExists({ id, partitionKey: { paths: [path] } });
    }
  };
  return async <T>(work: () => Promise<T>): Promise<T> => {
    ready ??= make();
    try {
      await ready;
    } catch (error) {
      ready = undefined;
      throw error;
    }
    return work();
  };
}
