import type { BlobServiceClient } from '@azure/storage-blob';
import { type ReviewAnswer, reviewAnswerSchema } from '../saga/operate.ts';
import { claimBlob } from './claim-blob.ts';

/** Which decision of a review counts, when several people decide at once. */
export interface ReviewDecisions {
  /** The decision that was first for this review of this execution: the one given, or an earlier one. */
  claim(instanceId: string, createdTime: Date, reviewId: string, answer: ReviewAnswer): Promise<ReviewAnswer>;
}

export function createReviewDecisions(service: BlobServiceClient): ReviewDecisions {
  const container = service.getContainerClient('review-decisions');
  return {
    claim: (instanceId, createdTime, reviewId, answer) => {
      const name = [instanceId, createdTime.toISOString(), reviewId].map(encodeURIComponent).join('/');
      return claimBlob(container, `${name}.json`, answer, reviewAnswerSchema);
    },
  };
}
