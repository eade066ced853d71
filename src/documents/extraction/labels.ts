/**
 * What a printed label announces. `other` labels announce what is easily mistaken for one of the rest; the date of an order is one
 * of these on an invoice, and the date of issue on the order itself.
 */
export type LabelKind =
  'invoiceNumber' | 'purchaseOrderNumber' | 'issueDate' | 'orderDate' | 'dueDate' | 'vendor' | 'customer' | 'other';

export interface Label {
  readonly kind: LabelKind;
  /** A weak label ("Date", "Factuur") is used for several things. */
  readonly isWeak: boolean;
  readonly start: number;
  readonly end: number;
}

/** Short for an invoice only in front of a word for number. */
const abbreviation = '(?:rg|re|beleg)';
const invoice =
  '(?:(?:tax |vat |proforma |pro-forma |commercial |sales )?invoice|bill|credit (?:note|memo)|rechnungs?|gutschrifts?|(?:verkoop|credit)?factuur|(?:note de )?facture|avoir|factura|fattura|fatura|faktura(?: vat)?|lasku|szamla)';
const number =
  '(?:number|numbers|no|nos|nr|num|nummer|numero|numer|n[o°]?|#|id|ref|reference|cislo|c\\.|nro|numret)(?![a-z])\\.?o?';
const date = '(?:date|datum|dato|data|fecha)';
const of = "(?:of |the |de la |de l'|de |della |del |di |da |du |d'|der |van de |van )?";

const table: readonly { readonly kind: LabelKind; readonly weak?: true; readonly patterns: readonly string[] }[] = [
  {
    kind: 'invoiceNumber',
    patterns: [
      `(?:${invoice}|${abbreviation}\\.?) ?[-/.]? ?${number}`,
      `${invoice}(?:s|e)? ?(?:nummer|numero|nr)`,
      `(?:numero|n[o°]?|nr|num|numer|cislo|number|no)\\.? ?${of}(?:the )?(?:invoice|facture|factura|fattura|fatura|faktury|factuur|rechnung|avoir)`,
      `(?:danovy )?doklad ?${number}`,
      `laskun ?numero`,
      `szamla(?:szam| sorszama)`,
      `factuur ?kenmerk`,
    ],
  },
  {
    kind: 'invoiceNumber',
    weak: true,
    patterns: [
      invoice,
      '^(?:no|nr|number|nummer|numero|n[o°]|#)(?![a-z])\\.?',
      `(?:receipt|document|dokument|documento|ordre de facturation) ?-?${number}`,
    ],
  },
  {
    kind: 'purchaseOrderNumber',
    patterns: [
      `(?:purchase order|p\\.?o\\.?|your order|customer order|your reference) ?${number}`,
      `(?:ihre |kunden)?bestell(?:ung|nummer|nr|-nr)(?: ?${number})?`,
      `(?:uw )?(?:inkoop|bestel)(?:order)?(?:nummer|nr)`,
      `(?:numero |n° ?|no ?)?(?:de )?(?:bon de )?commande ${number}`,
      `(?:numero|n[o°]) ?(?:de |d')?(?:bon de )?(?:commande|pedido|ordine)`,
      `votre commande|su pedido|vostro ordine`,
    ],
  },
  {
    kind: 'purchaseOrderNumber',
    weak: true,
    patterns: ['purchase order|p\\.?o\\.?|your order|commande|pedido|ordine'],
  },
  {
    kind: 'issueDate',
    patterns: [
      `${invoice}s? ?-?${date}`,
      `${date} ${of}(?:invoice|issue|facture|facturation|factura|fattura|fatura|emission|emisi?on|expedicion|emissione|emissao|factuur|rechnung)`,
      `(?:issue|issued|billing|bill|statement) (?:date|on)`,
      `date issued|issued on|invoiced on|emis le|faite? le|ausstellungsdatum|belegdatum|rechnungs- ?(?:und|/) ?(?:liefer|leistungs)datum`,
      `data (?:wystawienia|sprzedazy)|datum vystaveni|laskun ?paivays|paivays|fakturadato|fakturadatum|utstedt|factuur ?datum`,
    ],
  },
  {
    kind: 'issueDate',
    weak: true,
    patterns: [
      date,
      `dated|date le`,
      // "Rechnung Nr. 4711 vom 3. Mai", "du 2 juillet" on a line of its own, "Zürich, 12. März".
      `(?<=${invoice}.{0,30} )(?:vom|dated|of|du|van|del|de fecha|z dnia)(?= [0-9a-z])`,
      `(?:(?<=[0-9] )|^)(?:du|le|vom|den|dated|van|del)(?= [0-9])(?!.{6,20} (?:au|bis|al|to|tot) )`,
      `^[a-z. -]{3,20}, ?(?:den |le |el |il )?(?=[0-9])`,
    ],
  },
  {
    kind: 'dueDate',
    patterns: [
      `(?:payment |invoice |amount |balance |total )?due (?:date|on|by)|date due|due|pay(?:ment)? (?:by|before|until)|please pay by|payable (?:by|on|before|until)`,
      `(?:zahlbar|zu zahlen|fallig)(?: (?:bis|am|zum|bis zum))*|falligkeit(?:sdatum|stermin)?|zahlungsziel|zahlungstermin|zahlungsfrist|zahlung bis|spatestens(?: (?:bis|am|zum|bis zum))*|faellig(?:keit)?(?: am)?|valuta`,
      `verval ?datum|vervaldag|uiterste betaaldatum|te betalen (?:voor|uiterlijk)|betalen voor|uiterlijk`,
      `(?:date )?(?:d')?echeance|date limite (?:de )?(?:paiement|reglement)|a (?:payer|regler) (?:avant|au plus tard)(?: le)?|payable (?:avant|au|le)|date de (?:paiement|reglement)|paiement (?:avant|le)`,
      `(?:fecha (?:de )?)?vencimiento|fecha limite de pago|pagar antes del?`,
      `(?:data (?:di )?)?scadenza|scad\\.|data (?:de )?vencimento|vencimento|da pagare entro(?: il)?`,
      `forfallsdato|forfaldsdato|forfallodatum|forfallodag|betalas senast|termin platnosci|datum splatnosti|splatnost|erapaiva|fizetesi hatarido`,
    ],
  },
  { kind: 'dueDate', weak: true, patterns: ['(?<![0-9] )bis zum(?= [0-9])'] },
  {
    kind: 'vendor',
    patterns: [
      `sold by|seller|vendor|supplier|service provider|issued by|provided by|remit(?: payment)? to|payable to|from`,
      `verkaufer|lieferant|rechnungssteller|leistungserbringer|kontoinhaber|zahlungsempfanger|verkauf durch|verkauft (?:von|durch)|verkauf und versand durch`,
      `leverancier|verkoper|verkocht door|ten name van|t\\.n\\.v\\.`,
      `fournisseur|vendeur|vendu par|emetteur|prestataire|titulaire`,
      `vendedor|proveedor|emisor|vendido por|titular|fornitore|venditore|cedente|intestatario|fornecedor|emitente|sprzedawca|dodavatel|leverantor|selger`,
      `account (?:holder|name)|beneficiary(?: name)?`,
    ],
  },
  {
    kind: 'customer',
    patterns: [
      `(?:bill(?:ed|ing)?|sold|invoiced?|issued) (?:to|address)(?: address)?|billing address|invoice address|customer(?: name| address| details)?|client(?: name)?|buyer|recipient|attn|attention|^to(?= ?:)`,
      `rechnungs?-?(?:adresse|anschrift|empfanger)|leistungsempfanger|kunde|kaufer|auftraggeber|besteller|empfanger|an`,
      `factuuradres|klant|aan|t\\.a\\.v\\.|ter attentie van`,
      `adresse de facturation|facturation|facture a|factures? a|adresse (?:du )?client|destinataire|acheteur|adresse a`,
      `cliente|datos (?:del cliente|de facturacion)|facturar a|direccion de facturacion|comprador|destinatario|facturado a`,
      `fatturato a|spett(?:abile|\\.?le)?|intestato a|indirizzo di fatturazione|cessionario|acquirente|nabywca|odberatel|kund`,
    ],
  },
  {
    // Goods may go to somebody else than the one who pays.
    kind: 'customer',
    weak: true,
    patterns: [
      `(?:ship(?:ped|ping)?|deliver(?:ed|y)?) (?:to|address)(?: address)?|consignee`,
      `liefer(?:adresse|anschrift)|afleveradres|bezorgadres|leveradres|verzendadres|adresse de livraison|livre a`,
      `direccion de (?:envio|entrega)|indirizzo di (?:spedizione|consegna)`,
    ],
  },
  {
    kind: 'orderDate',
    patterns: [
      `(?:order|ordered|purchase) ?(?:date|on)|${date} of order`,
      `(?:bestell|auftrags|order|bestel)-?datum|date (?:de )?commande`,
      `fecha (?:de )?pedido|data (?:di )?ordine`,
    ],
  },
  {
    kind: 'other',
    patterns: [
      `(?:customer|client|account|contract|subscriber|member|user|debtor|policy|reference|transaction|payment|job|project|case|ticket|quote|shipment|tracking|order|delivery(?: note)?|serial|article|item|registration|company|tax|vat|gst|phone|fax|routing|sort|bank account|abn|pan|tin|cin|gstin) ?(?:${number}|code)`,
      `(?:kunden|vertrags|auftrags|liefer(?:schein)?|steuer|ust-?id|umsatzsteuer(?:-id|-identifikations)?|konto|telefon|artikel|bestell|referenz|projekt|debitoren|handelsregister|mandats|vorgangs|buchungs|ident)-? ?(?:nummer|nr)\\.?`,
      `(?:klant|order|debiteur|btw|kvk|rekening|contract|relatie|artikel|bestel|klanten)-? ?(?:nummer|nr)\\.?`,
      `(?:numero |n[o°] ?\\.? ?|ref(?:erence)?s?\\.? ?)(?:de |du |d'|di |del )?(?:client|compte|contrat|tva|siret|siren|telephone|cliente|cuenta|contrato|telefono|conto|contratto|partita iva|ligne|abonne|commande)`,
      `(?:delivery|shipping|shipped|service|supply|period|payment|contract|start|end|print|printed|tax point|ship|transaction|statement period|expiry|subscription|usage|created) ?(?:date|period|on)|(?:order|purchase) ?period`,
      `${date} of (?:supply|service|delivery|payment|birth|shipment)`,
      `(?:liefer|leistungs|zahlungs|buchungs|druck|vertrags|abrechnungs|versand)-?(?:datum|zeitraum|monat)|(?:bestell|auftrags)-?(?:zeitraum|monat)`,
      `(?:lever|betaal|print|verzend)-?(?:datum|periode)|(?:order|bestel)-?periode|periode`,
      `date (?:de |d')?(?:livraison|expedition|prestation|impression|prelevement)|periode(?: de)?`,
      `fecha (?:de )?(?:entrega|operacion|envio)|data (?:di )?(?:consegna|spedizione)|leveransdatum|leveringsdato`,
      `${invoice} (?:to|address|total|amount|summary|for|from|period|type|currency|status|copy|details)`,
      `(?:overdue|due to|amount due|balance due|total due|amount payable|past due)`,
    ],
  },
];

// A word that runs into digits ("PO-1234") is part of a reference, not a label.
const compiled = table.flatMap(({ kind, weak, patterns }) =>
  patterns.map((pattern) => ({
    kind,
    isWeak: weak === true,
    pattern: new RegExp(`(?<![a-z0-9])(?:${pattern})(?![a-z])(?<![a-z](?=[-/_.]?[0-9]))`, 'g'),
  })),
);

/** Text longer than this is a paragraph; labels further into it are words in a sentence. */
const longestLabelled = 400;

/** The labels in a folded text, from left to right; where two overlap the longer one counts. */
export function findLabels(folded: string): Label[] {
  const head = folded.slice(0, longestLabelled);
  const hits = compiled.flatMap(({ kind, isWeak, pattern }) =>
    [...head.matchAll(pattern)].map((match) => ({
      kind,
      isWeak,
      start: match.index,
      end: match.index + match[0].length,
    })),
  );
  const longestFirst = hits.sort((a, b) => b.end - b.start - (a.end - a.start) || Number(a.isWeak) - Number(b.isWeak));
  const labels: Label[] = [];
  for (const hit of longestFirst) {
    if (!labels.some((label) => label.start < hit.end && hit.start < label.end)) labels.push(hit);
  }
  return labels.sort((a, b) => a.start - b.start);
}
