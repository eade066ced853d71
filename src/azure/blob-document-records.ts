import type { BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import { computeBatchAmounts, computeBatchShares } from '../documents/batch.ts';
import { type DocumentRecord, documentRecordSchema } from '../documents/document-record.ts';
import { uploadDateOf } from '../documents/document-id.ts';
import { type DocumentQuery, type DocumentRecords, sortKeyOf } from './document-records.ts';
import { ignoring, inContainer } from './document-blobs.ts';
import { mapInTurns } from './map-in-turns.ts';
import { pageOf, searchableText, searchWords } from './pages.ts';

/**
 * Records in blob storage, `records/<uploadDate>/<id>.json`, for an app without Cosmos DB; an empty blob
 * `correlated/<correlation id>/<id>` makes each of them one of its batch. A query reads every record of the dates or of the batch
 * that it asks for: right for thousands of documents, not for millions.
 */
export function createBlobDocumentRecords(service: BlobServiceClient): DocumentRecords {
  const container = service.getContainerClient('records');
  const blob = (id: string, extension: 'json' | 'txt') =>
    container.getBlockBlobClient(`${uploadDateOf(id) ?? 'undated'}/${id}.${extension}`);
  const write = async (id: string, extension: 'json' | 'txt', content: string, signal?: AbortSignal): Promise<void> => {
    const options = signal && { abortSignal: signal };
    await inContainer(container, () => blob(id, extension).upload(content, Buffer.byteLength(content), options));
  };
  const read = async (id: string, extension: 'json' | 'txt'): Promise<string | undefined> =>
    (await blob(id, extension).downloadToBuffer().catch(ignoring(404)))?.toString('utf8');
  const readRecord = async (id: string): Promise<DocumentRecord | undefined> => {
    if (uploadDateOf(id) === undefined) return undefined;
    const content = await read(id, 'json');
    return content === undefined ? undefined : documentRecordSchema.parse(JSON.parse(content));
  };
  const readAll = async (ids: readonly string[]): Promise<DocumentRecord[]> =>
    (await mapInTurns(ids, readRecord)).filter((record) => record !== undefined);
  const correlate = async ({ id, correlationId }: DocumentRecord): Promise<void> => {
    const mark = container.getBlockBlobClient(`${batchFolder(correlationId)}${id}`);
    const isNew = { conditions: { ifNoneMatch: '*' } };
    await inContainer(container, () => mark.upload('', 0, isNew)).catch(ignoring(409, 412));
  };
  const readBatch = async (correlationId: string): Promise<DocumentRecord[]> =>
    readAll(await listBatch(container, correlationId));
  return {
    async save(record, signal) {
      await Promise.all([write(record.id, 'json', JSON.stringify(record), signal), correlate(record)]);
    },
    read: readRecord,
    async query(query) {
      const { correlationId, q = '' } = query;
      const ids = correlationId === undefined ? listIds(container, query) : listBatch(container, correlationId);
      const documents = (await readAll(await ids)).filter((record) => matches(record, query));
      const words = searchWords(q);
      const isFound = async (record: DocumentRecord): Promise<boolean> => {
        const text = words.length === 0 ? '' : await read(record.id, 'txt');
        return containsAll(words, `${searchableText(describe(record))} ${text}`);
      };
      const found = await mapInTurns(documents, isFound);
      const { records, continuation } = pageOf(
        documents.filter((_, n) => found[n]),
        sortKeyOf,
        query,
      );
      return { documents: records, continuation };
    },
    countBatch: async (correlationId) => computeBatchShares(await readBatch(correlationId)),
    sumBatch: async (correlationId) => computeBatchAmounts(await readBatch(correlationId)),
    index: (id, text) => write(id, 'txt', searchableText(text)),
    async unindex(id) {
      await blob(id, 'txt').deleteIfExists().catch(ignoring(404));
    },
    async ping() {
      await container.exists();
    },
  };
}

const correlated = 'correlated/';
const batchFolder = (correlationId: string): string => `${correlated}${encodeURIComponent(correlationId)}/`;

async function listIds(container: ContainerClient, { from = '', to = '9999' }: DocumentQuery): Promise<string[]> {
  const ids: string[] = [];
  for (const name of await listNames(container)) {
    const [date = '', file = ''] = name.split('/');
    if (file.endsWith('.json') && date >= from && date <= to) ids.push(file.slice(0, -'.json'.length));
  }
  return ids;
}

async function listBatch(container: ContainerClient, correlationId: string): Promise<string[]> {
  const prefix = batchFolder(correlationId);
  return (await listNames(container, prefix)).map((name) => name.slice(prefix.length));
}

async function listNames(container: ContainerClient, prefix = ''): Promise<string[]> {
  const names: string[] = [];
  await container.createIfNotExists();
  for await (const { name } of container.listBlobsFlat({ prefix })) names.push(name);
  return names;
}

function matches(record: DocumentRecord, { status, category, from = '', to = '9999' }: DocumentQuery): boolean {
  if (record.uploadDate < from || record.uploadDate > to) return false;
  return (status === undefined || record.status === status) && (category === undefined || record.category === category);
}

const describe = ({ name, extraction }: DocumentRecord): string =>
  [name, extraction?.fields.vendorName?.value, extraction?.fields.invoiceNumber?.value].join(' ');

const containsAll = (words: readonly string[], text: string): boolean => words.every((word) => text.includes(word));
