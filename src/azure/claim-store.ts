import type { BlobServiceClient } from '@azure/storage-blob';
import type { ClaimStore } from '../saga/operate.ts';
import { ignoring, inContainer } from './document-blobs.ts';

/**
 * What is too large for a saga's history, as blobs named by their SHA-256. Nobody removes them: several instances may refer to one,
 * so a lifecycle rule that is longer than any history is kept is the way to be rid of them.
 */
export function createClaimStore(service: BlobServiceClient): ClaimStore {
  const container = service.getContainerClient('claims');
  const blobOf = (sha256: string) => container.getBlockBlobClient(`${sha256}.json`);
  return {
    async put(sha256, text) {
      const content = Buffer.from(text);
      const options = { blobHTTPHeaders: { blobContentType: 'application/json' } };
      await inContainer(container, () => blobOf(sha256).uploadData(content, options));
    },
    async get(sha256) {
      const content = await blobOf(sha256).downloadToBuffer().catch(ignoring(404));
      return content?.toString('utf8');
    },
  };
}
