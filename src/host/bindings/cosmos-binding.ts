import type { Container, JSONValue, PartitionKey, SqlParameter } from '@azure/cosmos';
import type { BindingCall, ReadInput, WriteOutput } from './binding-call.ts';
import { valueOf } from './typed-value.ts';

async function open({ clients, text }: BindingCall): Promise<Container> {
  const client = await clients.cosmos(text('connection'));
  return client.database(text('databaseName')).container(text('containerName'));
}

/** `["a","b"]` is a hierarchical key, everything else a text. */
function toPartitionKey(text: string): PartitionKey {
  const value: unknown = text.startsWith('[') ? JSON.parse(text) : text;
  return value as PartitionKey;
}

/** `{name}` in a query becomes a parameter, never a part of its text. */
function toQuery(call: BindingCall, sqlQuery: string) {
  const parameters: SqlParameter[] = [];
  const query = sqlQuery.replaceAll(/\{([^{}]+)\}/g, (_whole, expression: string) => {
    const name = `@p${parameters.length}`;
    parameters.push({ name, value: call.evaluate(expression) as JSONValue });
    return name;
  });
  return { query, parameters };
}

/** One document by id, or nothing; otherwise an array: those of the query, or all. */
export const readCosmos: ReadInput = async (call) => {
  const container = await open(call);
  const id = call.text('id');
  if (id !== '') {
    const { resource } = await container.item(id, toPartitionKey(call.text('partitionKey'))).read<object>();
    return resource && { json: JSON.stringify(resource) };
  }
  const { sqlQuery } = call.binding;
  const query = toQuery(call, typeof sqlQuery === 'string' ? sqlQuery : 'SELECT * FROM c');
  const { resources } = await container.items.query<object>(query).fetchAll();
  return { json: JSON.stringify(resources) };
};

async function createContainer({ binding, clients, text }: BindingCall): Promise<void> {
  const client = await clients.cosmos(text('connection'));
  const { database } = await client.databases.createIfNotExists({ id: text('databaseName') });
  const { containerThroughput: throughput } = binding;
  await database.containers.createIfNotExists({
    id: text('containerName'),
    ...(text('partitionKey') !== '' && { partitionKey: text('partitionKey') }),
    ...(typeof throughput === 'number' && { throughput }),
  });
}

/** Adds documents or replaces them: one, or each of an array. */
export const writeCosmos: WriteOutput = async (call, data) => {
  if (call.binding['createIfNotExists'] === true) await createContainer(call);
  const container = await open(call);
  const value = valueOf(data);
  const documents: readonly unknown[] = Array.isArray(value) ? value : [value];
  for (const document of documents) {
    if (typeof document !== 'object' || document === null) {
      throw new Error(`A document for Cosmos DB must be an object, but is ${JSON.stringify(document)}.`);
    }
    await container.items.upsert(document);
  }
};
