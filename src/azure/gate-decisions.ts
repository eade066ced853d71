import type { BlobServiceClient } from '@azure/storage-blob';
import { type GateDecisions, gateDecisionSchema } from '../saga/operate.ts';
import { claimBlob } from './claim-blob.ts';
import { ignoring } from './document-blobs.ts';

/** Decisions for gates, as blobs: they must be there before the rewind and outlive any crash between the two. */
export function createGateDecisions(service: BlobServiceClient): GateDecisions {
  const container = service.getContainerClient('gate-decisions');
  return {
    async read(instanceId, createdTime, gate) {
      const blob = container.getBlobClient(nameOf(instanceId, createdTime, gate));
      const content = await blob.downloadToBuffer().catch(ignoring(404));
      return content === undefined ? undefined : gateDecisionSchema.parse(JSON.parse(content.toString('utf8')));
    },
    claim: (instanceId, createdTime, gate, decision) =>
      claimBlob(container, nameOf(instanceId, createdTime, gate), decision, gateDecisionSchema),
  };
}

const nameOf = (instanceId: string, createdTime: Date, gate: number): string =>
  `${encodeURIComponent(instanceId)}/${createdTime.toISOString()}/${gate}.json`;
