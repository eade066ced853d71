import { block, table, type SampleDocument } from './sample-page.ts';

export const englishInvoice: SampleDocument = {
  name: 'harbor-pine-invoice.pdf',
  shows: 'an invoice with labels and values in columns: processed without a person',
  pages: [
    [
      { text: 'Harbor & Pine Supply, Inc.', x: 50, y: 60, size: 16, bold: true },
      ...block(50, 76, ['1200 Wharf Street', 'Portland, OR 97209', 'billing@harborpine.com']),
      { text: 'INVOICE', x: 545, y: 60, size: 18, bold: true, align: 'right' },
      ...table(
        84,
        [380, -545],
        [
          ['Invoice Number', 'HP-20417'],
          ['Invoice Date', 'March 14, 2026'],
          ['Due Date', 'April 13, 2026'],
          ['PO Number', '88-1032'],
          ['Terms', 'Net 30'],
        ],
        13,
      ),
      { text: 'Bill To', x: 50, y: 150, bold: true },
      ...block(50, 164, ['Cedar Lane Bakery LLC', '77 Cedar Lane', 'Salem, OR 97301']),
      ...table(
        230,
        [50, -350, -440, -545],
        [
          ['Description', 'Qty', 'Unit Price', 'Amount'],
          ['Sheet pan, half size', '24', '$12.50', '$300.00'],
          ['Proofing basket, oval', '10', '$18.75', '$187.50'],
          ['Parchment roll, 15 in', '6', '$9.00', '$54.00'],
        ],
      ),
      ...table(
        310,
        [400, -545],
        [
          ['Subtotal', '$541.50'],
          ['Sales tax (8%)', '$43.32'],
          ['Total due', '$584.82'],
        ],
      ),
      ...block(50, 400, ['Please make checks payable to Harbor & Pine Supply, Inc.', 'Thank you for your business.']),
    ],
  ],
};

export const germanInvoice: SampleDocument = {
  name: 'nordlicht-rechnung.pdf',
  shows: 'a German letter with the sender above the address and company data in the footer: processed without a person',
  pages: [
    [
      { text: 'Nordlicht Werkzeugbau GmbH · Hafenstraße 12 · 24103 Kiel', x: 57, y: 130, size: 7 },
      ...block(57, 150, ['Bäckerei Sonnenschein OHG', 'Frau Petersen', 'Am Markt 3', '23552 Lübeck']),
      { text: 'Rechnung', x: 57, y: 250, size: 16, bold: true },
      ...table(
        250,
        [360, -538],
        [
          ['Rechnungsnummer', 'RE-2026-0381'],
          ['Kundennummer', '10442'],
          ['Rechnungsdatum', '03.02.2026'],
          ['Leistungszeitraum', 'Januar 2026'],
        ],
        12,
      ),
      ...table(
        320,
        [57, 90, -340, -420, -470, -538],
        [
          ['Pos.', 'Bezeichnung', 'Menge', 'Einzelpreis', 'MwSt.', 'Betrag'],
          ['1', 'Stanzform nach Zeichnung', '2', '1.150,00 €', '19 %', '2.300,00 €'],
          ['2', 'Nacharbeit Schneidkante', '3,5', '84,00 €', '19 %', '294,00 €'],
          ['3', 'Versand', '1', '18,90 €', '19 %', '18,90 €'],
        ],
      ),
      ...table(
        400,
        [360, -538],
        [
          ['Nettobetrag', '2.612,90 €'],
          ['zzgl. 19 % MwSt.', '496,45 €'],
          ['Rechnungsbetrag', '3.109,35 €'],
        ],
      ),
      ...block(57, 480, ['Zahlbar innerhalb von 14 Tagen ohne Abzug, spätestens bis zum 17.02.2026.']),
      ...block(57, 770, ['Nordlicht Werkzeugbau GmbH', 'Hafenstraße 12', '24103 Kiel'], { size: 7, step: 9 }),
      ...block(230, 770, ['Geschäftsführung: A. Lornsen', 'HRB 99471 Amtsgericht Kiel', 'USt-IdNr. DE 301 448 729'], {
        size: 7,
        step: 9,
      }),
      ...block(400, 770, ['Förde Sparkasse', 'IBAN DE89 3704 0044 0532 0130 00', 'www.nordlicht-werkzeugbau.de'], {
        size: 7,
        step: 9,
      }),
    ],
  ],
};

export const dutchInvoice: SampleDocument = {
  name: 'molenzicht-factuur.pdf',
  shows: 'a Dutch invoice with its data in a row under headings and a table of VAT: processed without a person',
  pages: [
    [
      { text: 'Molenzicht Koffie B.V.', x: 400, y: 60, size: 13, bold: true },
      ...block(400, 76, [
        'Dijkweg 8',
        '1456 AB Wormer',
        'BTW NL823456789B01',
        'KvK 37123456',
        'NL91 ABNA 0417 1643 00',
        'info@molenzichtkoffie.nl',
      ]),
      { text: 'Factuuradres', x: 50, y: 110, bold: true },
      ...block(50, 124, ['Café De Kade V.O.F.', 'Kade 21', '1506 GK Zaandam']),
      { text: 'Factuur', x: 50, y: 200, size: 14, bold: true },
      ...table(
        225,
        [50, 160, 290, 420],
        [
          ['Klantnummer', 'Factuurnummer', 'Factuurdatum', 'Vervaldatum'],
          ['K00217', 'F2026-1184', '9-1-2026', '23-1-2026'],
        ],
      ),
      ...table(
        280,
        [50, 110, -370, -430, -480, -545],
        [
          ['Artikel', 'Omschrijving', 'Aantal', 'Prijs', 'BTW', 'Bedrag'],
          ['K-100', 'Espressobonen donker 1 kg', '12', '17,50', '9 %', '210,00'],
          ['F-020', 'Filterpapier 4x100', '5', '3,20', '21 %', '16,00'],
        ],
      ),
      ...table(
        350,
        [380, -545],
        [
          ['Totaal excl. BTW', '226,00'],
          ['BTW', '22,26'],
          ['Te betalen EUR', '248,26'],
        ],
      ),
      ...table(
        420,
        [50, -160, -240, -320],
        [
          ['BTW %', 'Grondslag', 'BTW bedrag', 'Totaal'],
          ['9 %', '210,00', '18,90', '228,90'],
          ['21 %', '16,00', '3,36', '19,36'],
        ],
      ),
      ...block(50, 490, ['Wij verzoeken u het bedrag binnen 14 dagen over te maken.']),
    ],
  ],
};

export const frenchInvoice: SampleDocument = {
  name: 'atelier-brumaire-facture.pdf',
  shows: 'a French invoice with amounts before and after tax: processed without a person',
  pages: [
    [
      { text: 'Atelier Brumaire SARL', x: 50, y: 60, size: 14, bold: true },
      ...block(50, 76, [
        '18 rue des Tisserands',
        '69004 Lyon',
        'contact@atelier-brumaire.fr',
        'N° TVA : FR 83 404 833 048',
      ]),
      { text: 'Facture n° FA-2026-0093', x: 330, y: 60, size: 13, bold: true },
      ...block(330, 78, [
        "Date d'émission : 3 février 2026",
        "Date d'échéance : 5 mars 2026",
        'Votre commande : BC-5521',
      ]),
      { text: 'Facturé à :', x: 330, y: 130, bold: true },
      ...block(330, 144, ['Librairie du Parc SAS', '4 place Bellecour', '69002 Lyon']),
      ...table(
        220,
        [50, -330, -430, -545],
        [
          ['Désignation', 'Quantité', 'Prix unitaire HT', 'Total HT'],
          ['Reliure cuir pleine peau', '3', '420,00 €', '1 260,00 €'],
          ['Restauration dos toilé', '2', '95,50 €', '191,00 €'],
        ],
      ),
      ...table(
        290,
        [380, -545],
        [
          ['Total HT', '1 451,00 €'],
          ['TVA 20 %', '290,20 €'],
          ['Total TTC', '1 741,20 €'],
        ],
      ),
      ...block(
        50,
        760,
        [
          'Atelier Brumaire SARL au capital de 8 000 € - RCS Lyon 404 833 048',
          'IBAN FR14 2004 1010 0505 0001 3M02 606 - Paiement à 30 jours',
        ],
        { size: 7, step: 10 },
      ),
    ],
  ],
};

export const unclearInvoice: SampleDocument = {
  name: 'unclear-invoice.pdf',
  shows: 'an invoice whose date can be read two ways and whose sums disagree: waits for a person',
  pages: [
    [
      { text: 'Merrow Trading', x: 50, y: 60, size: 14, bold: true },
      { text: 'Invoice', x: 400, y: 60, size: 14 },
      ...table(
        90,
        [400, -545],
        [
          ['No.', '771'],
          ['Date', '04/05/2026'],
        ],
        13,
      ),
      ...table(
        160,
        [50, -350, -440, -545],
        [
          ['Description', 'Qty', 'Price', 'Amount'],
          ['Assorted goods', '1', '120.00', '120.00'],
          ['Handling', '1', '15.00', '15.00'],
        ],
      ),
      ...table(
        230,
        [400, -545],
        [
          ['Subtotal', '130.00'],
          ['Tax', '26.00'],
          ['Total', '166.00'],
          ['Amount due', '161.00'],
        ],
      ),
    ],
  ],
};
