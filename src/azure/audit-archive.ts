import type { BlobServiceClient } from '@azure/storage-blob';
import type { Trail } from '../audit/chain.ts';
import { contentTypes, renderJsonLines } from '../audit/render-trail.ts';
import { inContainer } from './document-blobs.ts';

/** Where the trails of instances lie that the engine has forgotten. */
export interface AuditArchive {
  /** Answers the name that the trail has in the archive; the same trail may be stored again. */
  store(trail: Trail): Promise<string>;
}

/** JSON Lines in container `audit`. An id may be used again later, so the name holds the instance's beginning too. */
export function createAuditArchive(service: BlobServiceClient): AuditArchive {
  const container = service.getContainerClient('audit');
  return {
    async store(trail) {
      const { saga, instanceId, createdAt } = trail.head;
      const name = `${saga}/${encodeURIComponent(instanceId)}/${createdAt}.jsonl`;
      const content = renderJsonLines(trail);
      await inContainer(container, () =>
        container.getBlockBlobClient(name).upload(content, Buffer.byteLength(content), {
          blobHTTPHeaders: { blobContentType: contentTypes.jsonl },
        }),
      );
      return name;
    },
  };
}
