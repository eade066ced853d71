import { z } from 'zod';

/**
 * What a reader takes from a document. Every field carries how sure the extractor is of it, from 0 to 1, and may carry
 * the cues that led to it, so that a reviewer and the audit trail see why. A field not found is absent or null.
 */
function field<Value extends z.ZodType>(value: Value) {
  return z
    .object({
      value,
      confidence: z.number().min(0).max(1),
      cues: z.array(z.string()).optional(),
      found: value.nullable().optional().describe('what the extractor had found, where a reviewer corrected it'),
    })
    .nullable()
    .optional();
}

const isoDate = z.iso.date().describe('yyyy-MM-dd');
const amount = z.number().describe('major units of the currency; negative on a credit note');
const currencyCode = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .describe('ISO 4217');
const text = z.string().trim().min(1);

export const extractedFieldsSchema = z.object({
  invoiceNumber: field(text),
  issueDate: field(isoDate),
  dueDate: field(isoDate),
  currency: field(currencyCode),
  netAmount: field(amount),
  taxAmount: field(amount),
  totalAmount: field(amount),
  vendorName: field(text),
  purchaseOrderNumber: field(text),
  customerName: field(text),
  vatId: field(text.describe("the vendor's VAT number, without spaces")),
  iban: field(text.describe("the vendor's account, without spaces")),
});

export const lineItemSchema = z.object({
  description: z.string(),
  quantity: z.number().optional(),
  unitPrice: z.number().optional(),
  amount: z.number().optional(),
  taxRate: z.number().describe('percent').optional(),
});

export const extractionSchema = z.object({
  fields: extractedFieldsSchema,
  lineItems: z.array(lineItemSchema),
});

export const documentCategorySchema = z.enum(['invoice', 'receipt', 'purchase_order', 'contract', 'other']);

export type ExtractedFields = z.infer<typeof extractedFieldsSchema>;
export type FieldName = keyof ExtractedFields;
export type LineItem = z.infer<typeof lineItemSchema>;
export type Extraction = z.infer<typeof extractionSchema>;
export type DocumentCategory = z.infer<typeof documentCategorySchema>;
