import { createHash } from 'node:crypto';
import type { BlobServiceClient } from '@azure/storage-blob';
import { type Refusal, refusalSchema } from '../audit/refusal.ts';
import { claimBlob, isSameClaim } from './claim-blob.ts';
import { ignoring } from './document-blobs.ts';
import type { Instance } from './durable-instances.ts';

type Subject = Pick<Instance, 'instanceId' | 'createdTime'>;

/** What was refused about instances, and where that is on record. */
export interface Refusals {
  /** Whether it is the first there of this who and what. */
  keep(instance: Subject, where: 'history' | 'beside', refusal: Refusal): Promise<boolean>;
  /** What is on record beside the history. */
  list(instance: Subject): Promise<Refusal[]>;
}

export function createRefusals(service: BlobServiceClient): Refusals {
  const container = service.getContainerClient('refusals');
  const namesIn = async (prefix: string): Promise<string[]> => {
    const names: string[] = [];
    for await (const { name } of container.listBlobsFlat({ prefix })) names.push(name);
    return names;
  };
  return {
    async keep(instance, where, refusal) {
      const who = createHash('sha256').update(refusal.by).digest('hex');
      const name = `${folderOf(instance, where)}${refusal.operation}/${who}.json`;
      return isSameClaim(await claimBlob(container, name, refusal, refusalSchema), refusal);
    },
    async list(instance) {
      const names = await namesIn(folderOf(instance, 'beside')).catch(ignoring(404));
      return Promise.all(
        (names ?? []).map(async (name) => {
          const content = await container.getBlobClient(name).downloadToBuffer();
          return refusalSchema.parse(JSON.parse(content.toString('utf8')));
        }),
      );
    },
  };
}

const folderOf = ({ instanceId, createdTime }: Subject, where: 'history' | 'beside'): string =>
  `${encodeURIComponent(instanceId)}/${createdTime.toISOString()}/${where}/`;
