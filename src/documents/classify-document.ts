import { fold } from './extraction/fold.ts';
import type { DocumentCategory } from './fields.ts';

export interface Classification {
  readonly category: DocumentCategory;
  readonly confidence: number;
  /** The words that led to it. */
  readonly cues: readonly string[];
}

interface Clue {
  readonly weight: number;
  readonly words: RegExp;
}

const clue = (weight: number, alternatives: string): Clue => ({
  weight,
  words: new RegExp(`(?<![a-z])(?:${alternatives})(?![a-z])`, 'g'),
});

/** What each kind of document says of itself, and what it can hardly do without. */
const clues: Readonly<Record<Exclude<DocumentCategory, 'other'>, readonly Clue[]>> = {
  invoice: [
    clue(
      3,
      'invoice (?:number|no|nr|date|#)|tax invoice|rechnungs?-?(?:nummer|nr|datum)|numero de (?:la )?(?:facture|factura)|facture n[o°]?|factuur ?(?:nummer|nr|datum)|fattura n|numero fattura|fatura n|fakturanummer|nr faktury|faktura vat',
    ),
    clue(
      2,
      'invoice|rechnung|facture|factuur|factura|fattura|fatura|faktura|credit note|gutschrift|avoir|creditnota|billing statement',
    ),
    clue(
      1,
      'due date|amount due|bill to|payment terms|vat|mwst|ust|btw|tva|iva|moms|zahlbar|fallig|vervaldatum|echeance|vencimiento|scadenza|subtotal|zwischensumme',
    ),
  ],
  receipt: [
    clue(
      3,
      'receipt|kassenbon|kassenbeleg|quittung|bon de caisse|ticket de caisse|kassabon|ricevuta|scontrino|kvitto|kvittering|paragon',
    ),
    clue(
      2,
      'change due|cash tendered|tendered|ruckgeld|wisselgeld|rendu monnaie|cashier|kassierer|caissier|thank you for (?:your purchase|shopping)|gegeben bar|card payment received|amount paid',
    ),
    clue(1, 'cash|visa|mastercard|debit|girocard|bar|paid|bezahlt|terminal'),
  ],
  purchase_order: [
    clue(
      4,
      'purchase order|bestellung|bon de commande|inkooporder|orden de compra|pedido de compra|ordine d.acquisto|inkopsorder|zamowienie',
    ),
    clue(
      2,
      'p\\.?o\\.? (?:number|no|date)|ship to|deliver(?:y)? by|requested delivery|bestellnummer|lieferant|supplier|vendor|liefertermin|fournisseur|leverancier|buyer',
    ),
    clue(1, 'order date|quantity|unit price|menge|aantal|quantite'),
  ],
  contract: [
    clue(
      3,
      'agreement|contract|vertrag|mietvertrag|arbeitsvertrag|rahmenvertrag|contrat|overeenkomst|contrato|contratto|avtal',
    ),
    clue(
      2,
      'hereinafter|whereas|governing law|in witness whereof|the parties|party of the|termination|confidentiality|vertragsparteien|nachstehend|gerichtsstand|kundigung|laufzeit|les parties|ci-apres|partijen|hierna te noemen|las partes|le parti',
    ),
    clue(
      1,
      'shall|liability|indemnif(?:y|ication)|effective date|signature|unterschrift|haftung|paragraph|article \\d+|artikel \\d+|section \\d+',
    ),
  ],
};

/** A title stands near the top; the same word further down is often a reference to another document. */
const titleLength = 400;
const mentionsCounted = 3;
/** Points under which a document is none of the known kinds. */
const enough = 4;

/** Says what kind of document a text is, by its words: those in the title count double, repetition counts up to three times. */
export function classifyDocument(text: string): Classification {
  const folded = fold(text);
  const ranked = Object.entries(clues)
    .map(([category, list]) => weigh(folded, category as DocumentCategory, list))
    .sort((a, b) => b.points - a.points);
  const [best, second] = ranked;
  if (!best || best.points < enough) return { category: 'other', confidence: 0.5, cues: best?.cues ?? [] };
  // Half of the confidence comes from how much was found, half from how far the next kind is behind.
  const amount = best.points / (best.points + enough);
  const lead = (best.points - (second?.points ?? 0)) / best.points;
  return {
    category: best.category,
    confidence: Math.round(Math.min(0.99, 0.55 * amount + 0.55 * lead) * 100) / 100,
    cues: best.cues,
  };
}

/** Whether a word has a line, or a column of one, to itself. Two spaces are a gap between columns. */
function standsAlone(folded: string, start: number, end: number): boolean {
  return (
    /(?:^|\s{2}|\n)$/.test(folded.slice(Math.max(0, start - 2), start)) &&
    /^(?:$|\s{2}|\n)/.test(folded.slice(end, end + 2))
  );
}

interface Weighed {
  readonly category: DocumentCategory;
  readonly points: number;
  readonly cues: readonly string[];
}

function weigh(folded: string, category: DocumentCategory, list: readonly Clue[]): Weighed {
  const cues = new Set<string>();
  let points = 0;
  for (const { weight, words } of list) {
    const found = [...folded.matchAll(words)];
    const inTitle = found.some(({ index }) => index < titleLength);
    const isTitle = found.some(
      ({ index, 0: word }) => index < titleLength && standsAlone(folded, index, index + word.length),
    );
    points += weight * (Math.min(found.length, mentionsCounted) * (inTitle ? 1 : 0.5) + (isTitle ? 1 : 0));
    for (const [word] of found) cues.add(word);
  }
  return { category, points, cues: [...cues].slice(0, 10) };
}
