import { expect, it } from 'vitest';
import { createClaimStore } from '../../src/azure/claim-store.ts';
import { fetchClaims, resolveClaims, storeClaims } from '../../src/saga/operate.ts';
import { useStorage } from './local-storage.ts';

const storage = await useStorage();
const claims = createClaimStore(storage);
const long = 'Größe 报告 😀 '.repeat(20_000);
const resolve = async (value: unknown) => resolveClaims(value, await fetchClaims(claims, value));

it('keeps a large value under its SHA-256, whoever stores it first and however often', async () => {
  const stored = await Promise.all(Array.from({ length: 10 }, () => storeClaims(claims, { text: long, pages: 3 })));
  const names: string[] = [];
  for await (const { name } of storage.getContainerClient('claims').listBlobsFlat()) names.push(name);
  const [name = ''] = names;
  expect(names).toHaveLength(1);
  const bytes = Buffer.byteLength(JSON.stringify(long));
  expect(stored[9]).toEqual({ text: { $claim: { sha256: name.replace('.json', ''), bytes } }, pages: 3 });
  expect(await resolve(stored[0])).toEqual({ text: long, pages: 3 });
});

it('says of what is not there, or has been changed, which claim it is', async () => {
  const stored = await storeClaims(claims, [long.slice(1)]);
  const { sha256 } = (stored as { $claim: { sha256: string } }[])[0]!.$claim;
  const blob = storage.getContainerClient('claims').getBlockBlobClient(`${sha256}.json`);
  await blob.upload('"x"', 3);
  await expect(resolve(stored)).rejects.toThrow(
    `what claim '${sha256}' stands for has been changed in the claim store`,
  );
  await blob.delete();
  await expect(resolve(stored)).rejects.toThrow(`what claim '${sha256}' stands for is missing from the claim store`);
  await storeClaims(claims, [long.slice(1)]);
  expect(await resolve(stored)).toEqual([long.slice(1)]);
});
