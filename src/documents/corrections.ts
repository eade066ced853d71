import { z } from 'zod';
import { documentCategorySchema, type ExtractedFields, extractedFieldsSchema, type FieldName } from './fields.ts';

const shape = extractedFieldsSchema.shape;
/** The bare value of a field, without confidence and cues. */
const valueOf = <Value extends z.ZodType>(field: z.ZodOptional<z.ZodNullable<z.ZodObject<{ value: Value }>>>): Value =>
  field.unwrap().unwrap().shape.value;

/** What a reviewer may put right: the value of any field. */
export const correctionsSchema = z
  .strictObject({
    invoiceNumber: valueOf(shape.invoiceNumber),
    issueDate: valueOf(shape.issueDate),
    dueDate: valueOf(shape.dueDate),
    currency: valueOf(shape.currency),
    netAmount: valueOf(shape.netAmount),
    taxAmount: valueOf(shape.taxAmount),
    totalAmount: valueOf(shape.totalAmount),
    vendorName: valueOf(shape.vendorName),
    purchaseOrderNumber: valueOf(shape.purchaseOrderNumber),
    customerName: valueOf(shape.customerName),
    vatId: valueOf(shape.vatId),
    iban: valueOf(shape.iban),
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
