import { dutchInvoice, englishInvoice, frenchInvoice, germanInvoice, unclearInvoice } from './sample-invoices.ts';
import { block, createPdf, row, table, type SampleDocument } from './sample-page.ts';

const receipt: SampleDocument = {
  name: 'greenfield-receipt.pdf',
  shows: 'a till receipt without a table heading',
  pages: [
    [
      ...block(
        200,
        60,
        ['GREENFIELD GROCERS LTD', '14 High Street, Bath', 'www.greenfieldgrocers.co.uk', 'VAT Reg No GB 123 4567 89'],
        { size: 8, step: 11 },
      ),
      ...table(
        120,
        [200, -380],
        [
          ['RECEIPT', 'No 004417'],
          ['Date', '21/05/2026 10:42'],
          ['Oat milk 1l', '£1.95'],
          ['Sourdough loaf', '£3.40'],
          ['Cheddar 350g', '£4.25'],
          ['TOTAL', '£9.60'],
          ['Cash', '£10.00'],
          ['Change', '£0.40'],
        ],
        12,
      ),
      ...block(200, 230, ['Thank you for shopping with us'], { size: 8 }),
    ],
  ],
};

const contract: SampleDocument = {
  name: 'service-agreement.pdf',
  shows: 'a contract: stored and found by search, nothing extracted for payment',
  pages: [
    [
      { text: 'SERVICE AGREEMENT', x: 200, y: 70, size: 15, bold: true },
      ...block(
        60,
        110,
        [
          'This Agreement is made on 2 January 2026 between Tidewater Analytics Ltd (hereinafter "the Provider")',
          'and Oakfield Clinics Ltd (hereinafter "the Client"), together "the Parties".',
          '',
          'Section 1. Services. The Provider shall maintain the reporting system described in Annex A.',
          'Section 2. Term and termination. Either party may terminate this Agreement with three months notice.',
          'Section 3. Confidentiality. The Parties shall keep confidential all information received.',
          'Section 4. Liability. The liability of the Provider is limited to the fees of one year.',
          'Section 5. Governing law. This Agreement is governed by the laws of England and Wales.',
          '',
          'Signature: ______________________          Signature: ______________________',
        ],
        { step: 16 },
      ),
    ],
  ],
};

const purchaseOrder: SampleDocument = {
  name: 'cedar-lane-purchase-order.pdf',
  shows: 'a purchase order, which mentions an invoice without being one',
  pages: [
    [
      { text: 'PURCHASE ORDER', x: 50, y: 60, size: 16, bold: true },
      ...block(50, 80, ['Cedar Lane Bakery LLC', '77 Cedar Lane', 'Salem, OR 97301']),
      ...table(
        60,
        [380, -545],
        [
          ['PO Number', '88-1032'],
          ['Order Date', 'March 2, 2026'],
          ['Deliver by', 'March 16, 2026'],
        ],
        13,
      ),
      { text: 'Supplier', x: 50, y: 140, bold: true },
      ...block(50, 154, ['Harbor & Pine Supply, Inc.', '1200 Wharf Street', 'Portland, OR 97209']),
      ...table(
        220,
        [50, -350, -440, -545],
        [
          ['Description', 'Qty', 'Unit Price', 'Amount'],
          ['Sheet pan, half size', '24', '$12.50', '$300.00'],
          ['Proofing basket, oval', '10', '$18.75', '$187.50'],
        ],
      ),
      ...row(280, [400, -545], ['Total', '$487.50'], true),
      ...block(50, 330, ['Please quote the purchase order number on your invoice.']),
    ],
  ],
};

/** The documents of the demonstration, the last of which needs a person. */
export const sampleDocuments: readonly SampleDocument[] = [
  englishInvoice,
  germanInvoice,
  dutchInvoice,
  frenchInvoice,
  receipt,
  contract,
  purchaseOrder,
  unclearInvoice,
];

export function createSampleDocument(sample: SampleDocument): Promise<Uint8Array> {
  return createPdf(sample.pages);
}
