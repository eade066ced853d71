import type { BlobServiceClient } from '@azure/storage-blob';
import type { Trail } from '../audit/chain.ts';
import { contentTypes, renderJsonLines } from '../audit/render-trail.ts';
import { verifyTrail } from '../audit/verify-trail.ts';
import { ignoring, inContainer } from './document-blobs.ts';

/** Where the trails of instances lie that the engine has forgotten. */
export interface AuditArchive {
  /** Answers the name that the trail has in the archive; the same trail may be stored again. */
  store(trail: Trail): Promise<string>;
  /** The latest trail of this id. @throws Error when it is not as it was stored */
  find(instanceId: string): Promise<Trail | undefined>;
}

/** JSON Lines in container `audit`. An id may be used again later, so the name holds the instance's beginning too. */
export function createAuditArchive(service: BlobServiceClient): AuditArchive {
  const container = service.getContainerClient('audit');
  const findLatest = async (instanceId: string): Promise<string | undefined> => {
    let latest: string | undefined;
    for await (const { name } of container.listBlobsFlat({ prefix: folder(instanceId) })) {
      if (latest === undefined || name > latest) latest = name;
    }
    return latest;
  };
  return {
    async store(trail) {
      const name = `${folder(trail.head.instanceId)}${trail.head.createdAt}.jsonl`;
      const content = renderJsonLines(trail);
      await inContainer(container, () =>
        container.getBlockBlobClient(name).upload(content, Buffer.byteLength(content), {
          blobHTTPHeaders: { blobContentType: contentTypes.jsonl },
        }),
      );
      return name;
    },
    async find(instanceId) {
      const name = await findLatest(instanceId).catch(ignoring(404));
      if (name === undefined) return undefined;
      const content = await container.getBlobClient(name).downloadToBuffer();
      const verdict = verifyTrail(content.toString('utf8'));
      if (verdict.ok) return verdict;
      const problems = verdict.problems.map(({ message }) => message).join('; ');
      throw new Error(`${name} in container 'audit' is not as it was stored: ${problems}`);
    },
  };
}

const folder = (instanceId: string): string => `${encodeURIComponent(instanceId)}/`;
