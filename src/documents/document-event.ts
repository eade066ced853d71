import { z } from 'zod';

export const documentEventTypes = [
  'DocumentUploaded',
  'ProcessingStarted',
  'DocumentClassified',
  'ExtractionCompleted',
  'ReviewReminded',
  'DocumentIndexed',
  'DocumentMoved',
  'DocumentProcessed',
  'DocumentRejected',
  'DocumentFailed',
] as const;

/** What happened to a document, for whoever subscribes to the topic `document-events`. */
export const documentEventSchema = z.object({
  /** The same for the same happening, so that subscribers and duplicate detection can tell a repetition. */
  id: z.string(),
  type: z.enum(documentEventTypes),
  timestamp: z.iso.datetime(),
  version: z.string(),
  subject: z.string(),
  source: z.string(),
  data: z.record(z.string(), z.unknown()),
  correlationId: z.string(),
});
export type DocumentEvent = z.infer<typeof documentEventSchema>;
