import type { BlobServiceClient } from '@azure/storage-blob';
import { type GateDecisions, gateDecisionSchema } from '../saga/operate.ts';
import { ignoring, inContainer } from './document-blobs.ts';

/** Decisions for gates, as blobs: they must be there before the rewind and outlive any crash between the two. */
export function createGateDecisions(service: BlobServiceClient): GateDecisions {
  const container = service.getContainerClient('gate-decisions');
  const blob = (instanceId: string, createdTime: Date, gate: number) =>
    container.getBlockBlobClient(`${encodeURIComponent(instanceId)}/${createdTime.toISOString()}/${gate}.json`);
  return {
    async read(instanceId, createdTime, gate) {
      const content = await blob(instanceId, createdTime, gate).downloadToBuffer().catch(ignoring(404));
      return content === undefined ? undefined : gateDecisionSchema.parse(JSON.parse(content.toString('utf8')));
    },
    async write(instanceId, createdTime, gate, decision) {
      const content = JSON.stringify(decision);
      await inContainer(container, () =>
        blob(instanceId, createdTime, gate).upload(content, Buffer.byteLength(content)),
      );
    },
  };
}
