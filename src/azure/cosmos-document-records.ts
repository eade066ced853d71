import { type Container, type CosmosClient, ErrorResponse, type SqlParameter } from '@azure/cosmos';
import type { BatchAmount, BatchShare } from '../documents/batch.ts';
import { documentRecordSchema } from '../documents/document-record.ts';
import { uploadDateOf } from '../documents/document-id.ts';
import { type DocumentQuery, type DocumentRecords, sortKeyOf } from './document-records.ts';
import { decodeContinuation, pageWithMore, searchableText, searchWords } from './pages.ts';
import { prepareContainers } from './prepare-containers.ts';

interface Containers {
  readonly documents: Container;
  /** One item per document with its text, beside the record so that the record stays small. */
  readonly index: Container;
}

/** Records in Cosmos DB, both containers partitioned by `/uploadDate`. */
export function createCosmosDocumentRecords(
  client: CosmosClient,
  databaseName: string,
  create: boolean,
): DocumentRecords {
  const database = client.database(databaseName);
  const containers: Containers = {
    documents: database.container('documents'),
    index: database.container('document-index'),
  };
  const prepared = prepareContainers(client, databaseName, create, {
    documents: '/uploadDate',
    'document-index': '/uploadDate',
  });
  return {
    async save(record, signal) {
      const item = { ...record, sortKey: sortKeyOf(record) };
      await prepared(() => containers.documents.items.upsert(item, signal && { abortSignal: signal }));
    },
    async read(id) {
      const uploadDate = uploadDateOf(id);
      if (uploadDate === undefined) return undefined;
      const found: { resource?: unknown } = await prepared(() => containers.documents.item(id, uploadDate).read());
      return found.resource === undefined ? undefined : documentRecordSchema.parse(found.resource);
    },
    query: (query) => prepared(() => queryDocuments(containers, query)),
    countBatch: (id) => prepared(() => groupBatch<BatchShare>(containers, id, sharesQuery)),
    sumBatch: (id) => prepared(() => groupBatch<BatchAmount>(containers, id, amountsQuery)),
    async index(id, text) {
      await prepared(() =>
        containers.index.items.upsert({ id, uploadDate: uploadDateOf(id), text: searchableText(text) }),
      );
    },
    async unindex(id) {
      await prepared(() => containers.index.item(id, uploadDateOf(id)).delete()).catch(unless(404));
    },
    async ping() {
      await client.getDatabaseAccount();
    },
  };
}

/** Pages by a property of ours: the SDK has no continuation tokens for an ordered query over several partitions. */
async function queryDocuments(containers: Containers, query: DocumentQuery) {
  const { conditions, parameters } = computeConditions(query);
  const words = searchWords(query.q ?? '');
  if (words.length > 0) {
    const ids = await findByText(containers, words);
    conditions.push('ARRAY_CONTAINS(@ids, c.id)');
    parameters.push({ name: '@ids', value: [...ids] });
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const oneMore = `SELECT TOP ${query.top + 1} * FROM c ${where} ORDER BY c.sortKey DESC`;
  const { resources } = await containers.documents.items.query<unknown>({ query: oneMore, parameters }).fetchAll();
  const found = resources.map((resource) => documentRecordSchema.parse(resource));
  const { records, continuation } = pageWithMore(found, sortKeyOf, query.top);
  return { documents: records, continuation };
}

const sharesQuery = `
  SELECT c.status, COUNT(1) AS documents, MIN(c.uploadedAt) AS firstUploadedAt, MAX(c.uploadedAt) AS lastUploadedAt
  FROM c WHERE c.correlationId = @correlationId GROUP BY c.status`;

const currency = 'c.extraction.fields.currency["value"]';
const totalAmount = 'c.extraction.fields.totalAmount["value"]';
const amountsQuery = `
  SELECT ${currency} AS currency, COUNT(1) AS documents, SUM(${totalAmount}) AS totalAmount
  FROM c WHERE c.correlationId = @correlationId AND c.status = 'processed' AND IS_NUMBER(${totalAmount})
  GROUP BY ${currency}`;

async function groupBatch<T>({ documents }: Containers, correlationId: string, query: string): Promise<T[]> {
  const parameters = [{ name: '@correlationId', value: correlationId }];
  return (await documents.items.query<T>({ query, parameters }).fetchAll()).resources;
}

/** At most this many documents are found by text, of the latest days, before the other conditions narrow them. An id begins with its day. */
const mostFound = 1_000;

async function findByText({ documents, index }: Containers, words: readonly string[]): Promise<ReadonlySet<string>> {
  const parameters = words.map((value, n) => ({ name: `@w${n}`, value }));
  const all = (fields: readonly string[]) =>
    words.map((_, n) => `(${fields.map((field) => `CONTAINS(LOWER(${field}), @w${n})`).join(' OR ')})`).join(' AND ');
  const recordFields = [
    'c.name',
    'c.extraction.fields.vendorName["value"]',
    'c.extraction.fields.invoiceNumber["value"]',
  ];
  const found = await Promise.all(
    [
      { container: documents, condition: all(recordFields) },
      { container: index, condition: all(['c.text']) },
    ].map(async ({ container, condition }) => {
      const query = `SELECT TOP ${mostFound} VALUE c.id FROM c WHERE ${condition} ORDER BY c.id DESC`;
      return (await container.items.query<string>({ query, parameters }).fetchAll()).resources;
    }),
  );
  return new Set(found.flat());
}

function computeConditions(query: DocumentQuery): { conditions: string[]; parameters: SqlParameter[] } {
  const { status, category, correlationId, from, to, continuation } = query;
  const after = continuation === undefined ? undefined : decodeContinuation(continuation);
  const wanted = [
    { value: status, condition: 'c.status = @status', name: '@status' },
    { value: category, condition: 'c.category = @category', name: '@category' },
    { value: correlationId, condition: 'c.correlationId = @correlationId', name: '@correlationId' },
    { value: from, condition: 'c.uploadDate >= @from', name: '@from' },
    { value: to, condition: 'c.uploadDate <= @to', name: '@to' },
    { value: after, condition: 'c.sortKey < @after', name: '@after' },
  ].flatMap(({ value, condition, name }) => (value === undefined ? [] : [{ condition, parameter: { name, value } }]));
  return { conditions: wanted.map((w) => w.condition), parameters: wanted.map((w) => w.parameter) };
}

function unless(statusCode: number): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof ErrorResponse && error.code === statusCode) return undefined;
    throw error;
  };
}
