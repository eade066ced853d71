import { spanOf, type ViewRow } from './document-view.ts';

/** An article column holds the description where there is no other for it, and a code where there is. */
export type ColumnKind = 'description' | 'article' | 'quantity' | 'unitPrice' | 'taxRate' | 'amount' | 'other';

export interface Column {
  readonly kind: ColumnKind;
  readonly left: number;
  readonly right: number;
}

const headings: readonly (readonly [ColumnKind, string])[] = [
  [
    'description',
    'description|item description|products? name|services?|details|particulars|title|activity|charges|beschreibung|bezeichnung|artikelbezeichnung|leistung(?:sbeschreibung)?|text|omschrijving|dienst|designation|libelle|produits?|prestations?|descripcion|concepto|articulo|producto|descrizione|prodotto|articolo|descricao|nazwa(?: towaru)?|popis|oznaceni|beskrivning|beskrivelse|benamning|tuote|megnevezes',
  ],
  ['article', 'item|items|products?|article|artikel|produkt|position|articulo|articolo|codigo|codice'],
  [
    'quantity',
    'qty\\.?|quantity|hours|hrs|units|menge|anzahl|anz\\.?|stuck|stk\\.?|stunden|aantal|hoeveelheid|uren|quantite|qte\\.?|cantidad|cant\\.?|uds\\.?|unidades|quantita|qta\\.?|q\\.ta|quantidade|qtd\\.?|ilosc|mnozstvi|antal|antall|maara',
  ],
  [
    'unitPrice',
    'unit (?:price|cost|rate)|price(?: per unit)?|rate|each|cost|einzelpreis|einzel|e-?preis|ep|preis|vk-preis|stuckpreis|preis ?/ ?einheit|stundensatz|(?:stuks|eenheids)?prijs|tarief|prix unitaire(?: ht)?|prix u(?:nit)?\\.?(?: ht)?|prix|p\\.?u\\.?(?: ?h\\.?t\\.?)?|precio(?: unitario| unidad)?|p\\. ?unit\\.?|prezzo(?: unitario)?|preco(?: unitario)?|cena(?: jedn\\.?| netto| jednostkowa)?|a-?pris|pris|enhetspris',
  ],
  [
    'taxRate',
    '(?:vat|tax|gst|mwst\\.?|ust\\.?|btw|tva|iva|moms|dph)(?: ?(?:%|rate|satz|tarief|in %|-satz))?|steuersatz|steuer|taux(?: de)?(?: tva)?|% ?(?:vat|tva|iva|btw|mwst)|stawka vat',
  ],
  [
    'amount',
    '(?:line |net |gross |sub ?-?|total )?(?:amount|total|value)(?: \\(?(?:ht|ttc|net|excl?\\.?(?: vat| tax)?|incl?\\.?(?: vat| tax)?|eur|usd|gbp|in [a-z]{3})\\)?)?|(?:line |total |net |ext(?:ended)? )price|sum|(?:gesamt|zeilen|netto|brutto|positions)?(?:betrag|preis gesamt)|gesamt(?:preis|betrag)?|g-?preis|gp|summe|netto|brutto|(?:gesamt|waren)?wert|(?:regel|netto)?bedrag|totaal(?:prijs)?|(?:montant|total|prix total)(?: ?h\\.?t\\.?| ?t\\.?t\\.?c\\.?)?|importe|total linea|importo|totale|prezzo totale|valor|preco total|wartosc(?: netto| brutto)?|castka|celkem|belopp|belob|belop|summa|sum',
  ],
  [
    'other',
    '(?:product|item|article) (?:number|no\\.?|code|id|#)|(?:tax|vat|mwst|ust|btw|tva|iva|gst|igst|cgst|sgst)[ -]?(?:amount|betrag|bedrag|amt)|montant tva|pos\\.?|no\\.?|nr\\.?|#|code|sku|ref\\.?|reference|date|datum|fecha|data|unit|einheit|einh\\.?|me|uom|unite|discount|disc\\.?|rabatt(?: ?%)?|korting|remise|dto\\.?|descuento|sconto|period|periode|zeitraum|hsn|art\\.?-?(?:nr|no)\\.?|artikelnr\\.?|artikel-?nr\\.?|item (?:no|code|#)|product code|j\\.?m\\.?',
  ],
];

const patterns = headings.map(([kind, alternatives]) => ({
  kind,
  pattern: new RegExp(`(?<![a-z0-9-])(?:${alternatives})(?![a-z0-9])`, 'g'),
}));

/** A heading in two lines ("Unit" over "Price") is this close, in letter sizes. */
const headingLineGap = 2;

/** The columns that a row heads, with the row under it where the heading has two lines; undefined where it heads no table of items. */
export function lineTableColumns(row: ViewRow, next: ViewRow | undefined): Column[] | undefined {
  const columns = columnsOf(row);
  const size = row.cells[0]?.size ?? 1;
  if (next && columns.length >= 2 && next.page === row.page && next.y - row.y <= headingLineGap * size)
    mergeSecondLine(columns, columnsOf(next));
  if (!columns.some(({ kind }) => kind === 'description')) {
    const at = columns.findIndex(({ kind }) => kind === 'article');
    const article = columns[at];
    if (article) columns[at] = { kind: 'description', left: article.left, right: article.right };
  }
  const has = (kind: ColumnKind) => columns.some((column) => column.kind === kind);
  const describes = has('description') || (has('quantity') && has('unitPrice'));
  const isTable = describes && (has('amount') || has('unitPrice')) && columns.length >= 2 && row.cells.length >= 2;
  return isTable ? columns : undefined;
}

function columnsOf(row: ViewRow): Column[] {
  return row.cells.flatMap((cell) => {
    // Prose mentions prices and amounts too; a heading is little more than its words.
    if (/\d{2,}/.test(cell.folded) || cell.folded.length > 60) return [];
    const hits = patterns
      .flatMap(({ kind, pattern }) =>
        [...cell.folded.matchAll(pattern)].map((match) => ({
          kind,
          start: match.index,
          end: match.index + match[0].length,
        })),
      )
      .sort((a, b) => b.end - b.start - (a.end - a.start));
    const kept: typeof hits = [];
    for (const hit of hits) if (!kept.some((other) => other.start < hit.end && hit.start < other.end)) kept.push(hit);
    // In "product description" and "item price" the second word says what the column holds.
    const words = kept
      .sort((a, b) => a.start - b.start)
      .filter(
        ({ kind, end }, index) => kind !== 'article' || (kept[index + 1]?.start ?? Number.POSITIVE_INFINITY) - end > 1,
      );
    const letters = words.reduce((sum, { start, end }) => sum + end - start, 0);
    if (letters < cell.folded.length * 0.5) return [];
    return words.map(({ kind, start, end }) => {
      const [left, right] = words.length === 1 ? [cell.left, cell.right] : spanOf(cell, start, end);
      return { kind, left, right };
    });
  });
}

function mergeSecondLine(columns: Column[], second: readonly Column[]): void {
  for (const column of second) {
    const at = columns.findIndex((known) => Math.min(known.right, column.right) > Math.max(known.left, column.left));
    const known = columns[at];
    if (!known) columns.push(column);
    else if (known.kind === 'other')
      columns[at] = {
        kind: column.kind,
        left: Math.min(known.left, column.left),
        right: Math.max(known.right, column.right),
      };
  }
  columns.sort((a, b) => a.left - b.left);
}
