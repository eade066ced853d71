import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CosmosClient } from '@azure/cosmos';
import { afterAll, describe, expect, it } from 'vitest';
import { createBlobDocumentRecords } from '../../src/azure/blob-document-records.ts';
import { createCosmosDocumentRecords } from '../../src/azure/cosmos-document-records.ts';
import type { DocumentQuery, DocumentRecords } from '../../src/azure/document-records.ts';
import { documentIdOf, uploadDateOf } from '../../src/documents/document-id.ts';
import type { DocumentRecord } from '../../src/documents/document-record.ts';
import { startCosmosEmulator } from '../../src/emulators/cosmos/index.ts';
import { useStorage } from './local-storage.ts';

const storage = await useStorage();
const cosmosDir = mkdtempSync(join(tmpdir(), 'records-'));
const cosmos = await startCosmosEmulator({ dataDir: cosmosDir, port: 0 });
const client = new CosmosClient(cosmos.connectionString);
afterAll(async () => {
  client.dispose();
  await cosmos.close();
  rmSync(cosmosDir, { recursive: true, force: true });
});

/** Each test looks at its own documents through a word that only they have. */
const newWord = (): string => `w${randomUUID().slice(0, 8)}`;

function record(name: string, uploadedAt: string, more: Partial<DocumentRecord> = {}): DocumentRecord {
  const id = documentIdOf({ blobName: `${name}-${randomUUID()}`, etag: 'e', lastModified: new Date(uploadedAt) });
  return {
    id,
    instanceId: `document-${id}`,
    name,
    blobUrl: `http://blobs/${name}`,
    status: 'processed',
    uploadDate: uploadDateOf(id) ?? '',
    uploadedAt,
    correlationId: 'c-1',
    ...more,
  };
}

const stores: readonly { readonly store: string; readonly create: () => DocumentRecords }[] = [
  { store: 'Cosmos DB', create: () => createCosmosDocumentRecords(client, 'test', true) },
  { store: 'blob storage', create: () => createBlobDocumentRecords(storage) },
];

describe.each(stores)('records in $store', ({ create }) => {
  const records = create();
  const idsOf = async (query: Omit<DocumentQuery, 'top'>): Promise<string[]> =>
    (await records.query({ top: 100, ...query })).documents.map(({ id }) => id);

  it('can be used by many at once before anything is there', async () => {
    const word = newWord();
    const all = Array.from({ length: 10 }, (_, n) => record(`${word} ${n}`, `2026-03-01T10:00:0${n}.000Z`));
    const fresh = create();
    await Promise.all(all.map((one) => fresh.save(one)));
    expect(await idsOf({ q: word })).toHaveLength(10);
  });

  it('are read as they were saved, and overwritten by what is saved later', async () => {
    const first = record('a.pdf', '2026-03-02T10:00:00.000Z', {
      status: 'awaiting_review',
      category: 'invoice',
      extraction: {
        extractor: 'claude',
        model: 'm',
        inputTokens: 3,
        outputTokens: 4,
        fields: { totalAmount: { value: 12.5, confidence: 0.5, cues: ['printed'] }, iban: null },
        lineItems: [{ description: 'Ünïcode 报告', amount: 1 }],
      },
    });
    await records.save(first);
    expect(await records.read(first.id)).toEqual(first);
    const second: DocumentRecord = { ...first, status: 'failed', error: { code: 'x', message: 'y' } };
    delete (second as { extraction?: unknown }).extraction;
    await records.save(second);
    await records.save(second);
    expect(await records.read(first.id)).toEqual(second);
  });

  it('are not saved any more once the time for it is over', async () => {
    const late = record('late.pdf', '2026-03-02T11:00:00.000Z');
    await expect(records.save(late, AbortSignal.abort())).rejects.toThrow(/abort/i);
    expect(await records.read(late.id)).toBeUndefined();
  });

  it('that are not there are undefined, whatever the id looks like', async () => {
    for (const id of ['20260302-000000000000000000000000', 'nonsense', '../x', '']) {
      expect(await records.read(id)).toBeUndefined();
    }
  });

  it('are found by all words of name, vendor, number and text, in any case, newest first', async () => {
    const word = newWord();
    const byName = record(`${word.toUpperCase()} Alpha.pdf`, '2026-03-03T10:00:00.000Z');
    const byVendor = record('b.pdf', '2026-03-03T11:00:00.000Z', {
      extraction: {
        extractor: 'offline',
        fields: { vendorName: { value: `${word} Alpha Ltd`, confidence: 1 } },
        lineItems: [],
      },
    });
    const byText = record('c.pdf', '2026-03-04T09:00:00.000Z');
    for (const one of [byName, byVendor, byText]) await records.save(one);
    await records.index(byText.id, `Line one\n  ${word}\tÄLPHA alpha`);

    expect(await idsOf({ q: word })).toEqual([byText.id, byVendor.id, byName.id]);
    expect(await idsOf({ q: `alpha ${word}` })).toEqual([byText.id, byVendor.id, byName.id]);
    expect(await idsOf({ q: `${word} älpha` })).toEqual([byText.id]);
    expect(await idsOf({ q: `${word} nowhere` })).toEqual([]);
    expect(await idsOf({ q: `${word}' OR '1'='1` })).toEqual([]);
    expect(await idsOf({ q: `${word} %` })).toEqual([]);

    await records.unindex(byText.id);
    await records.unindex(byText.id);
    expect(await idsOf({ q: word })).toEqual([byVendor.id, byName.id]);
  });

  it('are narrowed by status, category and day', async () => {
    const word = newWord();
    const failed = record(word, '2026-03-05T23:59:59.000Z', { status: 'failed', category: 'invoice' });
    const invoice = record(word, '2026-03-06T00:00:00.000Z', { category: 'invoice' });
    const contract = record(word, '2026-03-07T00:00:00.000Z', { category: 'contract' });
    for (const one of [failed, invoice, contract]) await records.save(one);

    expect(await idsOf({ q: word, status: 'failed' })).toEqual([failed.id]);
    expect(await idsOf({ q: word, category: 'invoice' })).toEqual([invoice.id, failed.id]);
    expect(await idsOf({ q: word, category: 'invoice', status: 'processed' })).toEqual([invoice.id]);
    expect(await idsOf({ q: word, from: '2026-03-06' })).toEqual([contract.id, invoice.id]);
    expect(await idsOf({ q: word, from: '2026-03-06', to: '2026-03-06' })).toEqual([invoice.id]);
    expect(await idsOf({ from: '2026-03-06', to: '2026-03-06' })).toContain(invoice.id);
  });

  it('come page by page, each once, also while they change and when several came at the same time', async () => {
    const word = newWord();
    const all = Array.from({ length: 7 }, (_, n) => record(word, `2026-03-08T10:00:0${n >> 2}.000Z`));
    for (const one of all) await records.save(one);
    const seen: string[] = [];
    let continuation: string | undefined;
    do {
      const page = await records.query({ q: word, top: 3, continuation });
      seen.push(...page.documents.map(({ id }) => id));
      const last = page.documents.at(-1);
      if (last !== undefined) await records.save({ ...last, name: 'renamed' });
      continuation = page.continuation;
    } while (continuation !== undefined);
    const oldestFirst = all.toSorted((a, b) => (`${a.uploadedAt} ${a.id}` < `${b.uploadedAt} ${b.id}` ? -1 : 1));
    expect(seen).toEqual(oldestFirst.map(({ id }) => id).toReversed());
  });

  it('of a batch are found, counted and added up by its correlation id', async () => {
    const correlationId = `batch/${newWord()}`;
    const paid = (totalAmount: number, currency?: string): Partial<DocumentRecord> => ({
      correlationId,
      extraction: {
        extractor: 'offline',
        fields: {
          totalAmount: { value: totalAmount, confidence: 1 },
          ...(currency !== undefined && { currency: { value: currency, confidence: 1 } }),
        },
        lineItems: [],
      },
    });
    const batch = [
      record('one', '2026-03-09T10:00:00.000Z', paid(10.5, 'EUR')),
      record('two', '2026-03-09T10:00:05.000Z', paid(4.5, 'EUR')),
      record('three', '2026-03-10T10:00:00.000Z', paid(7)),
      record('four', '2026-03-09T09:00:00.000Z', { ...paid(99, 'EUR'), status: 'failed' }),
      record('five', '2026-03-09T11:00:00.000Z', { correlationId, status: 'processing' }),
    ];
    for (const one of [...batch, record('other', '2026-03-09T10:00:00.000Z', { correlationId: 'batch' })]) {
      await records.save(one);
      await records.save(one);
    }
    expect(await idsOf({ correlationId })).toHaveLength(5);
    expect(await idsOf({ correlationId, status: 'failed' })).toEqual([batch[3]!.id]);
    const shares = await records.countBatch(correlationId);
    expect(shares.toSorted((a, b) => b.documents - a.documents || a.status.localeCompare(b.status))).toEqual([
      {
        status: 'processed',
        documents: 3,
        firstUploadedAt: '2026-03-09T10:00:00.000Z',
        lastUploadedAt: '2026-03-10T10:00:00.000Z',
      },
      ...(['failed', 'processing'] as const).map((status) => {
        const { uploadedAt } = batch.find((one) => one.status === status)!;
        return { status, documents: 1, firstUploadedAt: uploadedAt, lastUploadedAt: uploadedAt };
      }),
    ]);
    const amounts = await records.sumBatch(correlationId);
    expect(amounts.toSorted((a, b) => b.documents - a.documents)).toEqual([
      { currency: 'EUR', documents: 2, totalAmount: 15 },
      { documents: 1, totalAmount: 7 },
    ]);
    expect(await records.countBatch('nobody')).toEqual([]);
  });

  it('know nothing of an id that no document can have', async () => {
    for (const id of ['nobody', '../x', 'x'.repeat(2_000)]) expect(await records.read(id)).toBeUndefined();
  });

  it('answer a ping', async () => {
    await expect(records.ping()).resolves.toBeUndefined();
  });
});
