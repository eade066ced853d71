import { extractInvoice } from '../documents/extraction/extract-invoice.ts';
import type { DocumentExtractor } from './document-extractor.ts';

/** Extraction without any service: rules over the text. What has no text, or is no invoice, comes back without fields. */
export const createOfflineExtractor = (): DocumentExtractor => ({
  name: 'offline',
  async extract({ text, category }) {
    const read =
      text === undefined || category === 'contract' ? { fields: {}, lineItems: [] } : extractInvoice(text, category);
    return { extractor: 'offline', ...read };
  },
});
