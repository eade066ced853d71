import { createSampleDocument, sampleDocuments } from '../../src/local/sample-documents.ts';

/** The file of a sample document, by its name. */
export async function sample(name: string): Promise<Uint8Array> {
  const found = sampleDocuments.find((document) => document.name === name);
  if (found === undefined) {
    throw new Error(
      `there is no sample '${name}', only ${sampleDocuments.map((document) => document.name).join(', ')}`,
    );
  }
  return createSampleDocument(found);
}
