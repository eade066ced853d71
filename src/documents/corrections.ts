import { z } from 'zod';
import { documentCategorySchema, type ExtractedFields, extractedFieldsSchema, type FieldName } from './fields.ts';

const shape = extractedFieldsSchema.shape;
const valueOf = <Name extends FieldName>(name: Name) => shape[name].unwrap().unwrap().shape.value;

/** What a reviewer may put right: the value of any field. */
export const correctionsSchema = z
  .strictObject({
    invoiceNumber: valueOf('invoiceNumber'),
    issueDate: valueOf('issueDate'),
    dueDate: valueOf('dueDate'),
    currency: valueOf('currency'),
    netAmount: valueOf('netAmount'),
    taxAmount: valueOf('taxAmount'),
    totalAmount: valueOf('totalAmount'),
    vendorName: valueOf('vendorName'),
    purchaseOrderNumber: valueOf('purchaseOrderNumber'),
    customerName: valueOf('customerName'),
    vatId: valueOf('vatId'),
    iban: valueOf('iban'),
  })
  .partial();
export type Corrections = z.infer<typeof correctionsSchema>;

/** What comes with the approval of an extraction; nothing at all means that everything is right as it is. */
export const extractionDecisionSchema = z
  .strictObject({ corrections: correctionsSchema.optional(), category: documentCategorySchema.optional() })
  .optional();

/** A corrected field is certain, and keeps what was found before. */
export function applyCorrections(fields: ExtractedFields, corrections: Corrections): ExtractedFields {
  const corrected = Object.entries(corrections).map(([name, value]) => {
    const before = name in fields ? fields[name as FieldName]?.value : undefined;
    return [
      name,
      { value, confidence: 1, cues: ['corrected in review'], ...(before !== undefined && { found: before }) },
    ];
  });
  return extractedFieldsSchema.parse({ ...fields, ...Object.fromEntries(corrected) });
}
