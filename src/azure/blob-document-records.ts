import type { BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import { type DocumentRecord, documentRecordSchema } from '../documents/document-record.ts';
import { uploadDateOf } from '../documents/document-id.ts';
import {
  decodeContinuation,
  type DocumentQuery,
  type DocumentRecords,
  encodeContinuation,
  searchableText,
  searchWords,
  sortKeyOf,
} from './document-records.ts';
import { ignoring, inContainer } from './document-blobs.ts';

/**
 * Records in blob storage, `records/<uploadDate>/<id>.json`, for an app without Cosmos DB. A query reads every record of the
 * dates it asks for: right for thousands of documents, not for millions.
 */
export function createBlobDocumentRecords(service: BlobServiceClient): DocumentRecords {
  const container = service.getContainerClient('records');
  const blob = (id: string, extension: 'json' | 'txt') =>
    container.getBlockBlobClient(`${uploadDateOf(id) ?? 'undated'}/${id}.${extension}`);
  const write = async (id: string, extension: 'json' | 'txt', content: string): Promise<void> => {
    await inContainer(container, () => blob(id, extension).upload(content, Buffer.byteLength(content)));
  };
  const read = async (id: string, extension: 'json' | 'txt'): Promise<string | undefined> =>
    (await blob(id, extension).downloadToBuffer().catch(ignoring(404)))?.toString('utf8');
  const readRecord = async (id: string): Promise<DocumentRecord | undefined> => {
    const content = await read(id, 'json');
    return content === undefined ? undefined : documentRecordSchema.parse(JSON.parse(content));
  };
  return {
    save: (record) => write(record.id, 'json', JSON.stringify(record)),
    read: readRecord,
    async query(query) {
      const ids = await listIds(container, query);
      const documents = (await Promise.all(ids.map(readRecord))).filter((record) => record !== undefined);
      const words = query.q === undefined ? [] : searchWords(query.q);
      const found = await Promise.all(
        documents.map(async (record) => {
          const fits = matches(record, query);
          return (
            fits &&
            containsAll(
              words,
              `${searchableText(describe(record))} ${words.length === 0 ? '' : await read(record.id, 'txt')}`,
            )
          );
        }),
      );
      const sorted = documents
        .filter((_, n) => found[n])
        .map((record) => ({ record, key: sortKeyOf(record) }))
        .sort((a, b) => (a.key < b.key ? 1 : -1));
      const after = query.continuation === undefined ? undefined : decodeContinuation(query.continuation);
      const rest = after === undefined ? sorted : sorted.filter(({ key }) => key < after);
      const page = rest.slice(0, query.top);
      return {
        documents: page.map(({ record }) => record),
        continuation: page.length < rest.length ? encodeContinuation(page.at(-1)?.key ?? '') : undefined,
      };
    },
    index: (id, text) => write(id, 'txt', searchableText(text)),
    async unindex(id) {
      await blob(id, 'txt').deleteIfExists().catch(ignoring(404));
    },
    async ping() {
      await container.exists();
    },
  };
}

async function listIds(container: ContainerClient, { from = '', to = '9999' }: DocumentQuery): Promise<string[]> {
  const ids: string[] = [];
  await container.createIfNotExists();
  for await (const { name } of container.listBlobsFlat()) {
    const [date = '', file = ''] = name.split('/');
    if (file.endsWith('.json') && date >= from && date <= to) ids.push(file.slice(0, -'.json'.length));
  }
  return ids;
}

const matches = (record: DocumentRecord, { status, category }: DocumentQuery): boolean =>
  (status === undefined || record.status === status) && (category === undefined || record.category === category);

const describe = ({ name, extraction }: DocumentRecord): string =>
  [name, extraction?.fields.vendorName?.value, extraction?.fields.invoiceNumber?.value].join(' ');

const containsAll = (words: readonly string[], text: string): boolean => words.every((word) => text.includes(word));
