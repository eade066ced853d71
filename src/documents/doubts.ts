import type { DocumentCategory, ExtractedFields, FieldName } from './fields.ts';

/** The fields that a document of each kind cannot do without. */
const needed: Record<DocumentCategory, readonly FieldName[]> = {
  invoice: ['invoiceNumber', 'issueDate', 'currency', 'totalAmount', 'vendorName'],
  receipt: ['issueDate', 'currency', 'totalAmount', 'vendorName'],
  purchase_order: ['purchaseOrderNumber', 'issueDate', 'currency', 'totalAmount'],
  contract: [],
  other: [],
};

/** The amounts belong together, so a doubtful one is shown even where it is not needed. */
const supporting: readonly FieldName[] = ['netAmount', 'taxAmount', 'dueDate'];

/**
 * What a person should look at, in words: needed fields that are missing or less sure than the threshold, other fields that
 * were found but are not sure, and a document whose kind could not be told.
 */
export function computeDoubts(category: DocumentCategory, fields: ExtractedFields, threshold: number): string[] {
  if (category === 'other') return ['category: it could not be told what kind of document this is'];
  const names = needed[category];
  if (names.length === 0) return [];
  const missing = names.filter((name) => fields[name]?.value === undefined).map((name) => `${name}: not found`);
  const unsure = [...names, ...supporting].flatMap((name) => {
    const confidence = fields[name]?.confidence;
    return confidence === undefined || confidence >= threshold
      ? []
      : [`${name}: only ${Math.round(confidence * 100)} % sure`];
  });
  return [...missing, ...unsure];
}
