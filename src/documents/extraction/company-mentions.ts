import { isSenderLine } from './address-blocks.ts';
import { amountMeaning } from './amount-words.ts';
import { compactName, findCompanyNames, findDomainNames, isNameOfDomain, partSeparator } from './company-names.ts';
import type { DocumentView, ViewCell, ViewRow } from './document-view.ts';
import { fold } from './fold.ts';
import type { Candidate, Cue } from './score.ts';

/** What every mention is held against. */
interface Setting {
  readonly view: DocumentView;
  readonly domains: readonly string[];
  /** Where the first words stand that are not the document's title. */
  readonly opening: ViewCell | undefined;
}

/** Share of the first page that a letterhead takes. */
const letterheadDepth = 0.2;
const openingDepth = 0.25;
const footerDepth = 0.75;

/** Companies that a document names outside the customer's address, with what their place says of them. */
export function companyMentions(view: DocumentView, customerCells: ReadonlySet<ViewCell>): Candidate<string>[] {
  const opening = view.rows.flatMap(({ cells }) => cells).find((cell) => !isTitle(cell));
  const setting: Setting = { view, domains: findDomainNames(view.folded), opening };
  return view.rows.flatMap((row) =>
    row.cells.filter((cell) => !customerCells.has(cell)).flatMap((cell) => mentionsIn(cell, row, setting)),
  );
}

function mentionsIn(cell: ViewCell, row: ViewRow, setting: Setting): Candidate<string>[] {
  const withForm = findCompanyNames(cell.text).map(({ name }): Candidate<string> => ({
    value: name,
    cues: ['legal-form'],
  }));
  const names = withForm.length > 0 ? withForm : plainNames(cell, row, setting);
  if (names.length === 0) return [];
  const place = cuesOfPlace(cell, row, setting);
  return names.map(({ value, cues }) => {
    const isOwn = setting.domains.some((domain) => isNameOfDomain(compactName(value), domain));
    const ofName: Cue[] = [
      ...(isOwn ? (['own-domain'] as const) : []),
      ...(bank.test(value) ? (['might-be-bank'] as const) : []),
    ];
    return { value, cues: [...cues, ...ofName, ...place] };
  });
}

const bank = /bank|sparkasse|caisse|credit (?:mutuel|agricole)/i;

function cuesOfPlace(cell: ViewCell, row: ViewRow, { view, opening }: Setting): Cue[] {
  const cues: Cue[] = [];
  if (row.page === 0 && row.depth < letterheadDepth) cues.push('letterhead');
  if (isOpening(cell, row, opening)) cues.push('prominent');
  if (isSenderLine(cell)) cues.push('sender-line');
  if (standsAmongDetails(view, row, cell)) cues.push('company-details');
  return cues;
}

const titleWords =
  /\b(?:agreement|contract|vertrag|purchase order|bestellung|quote|angebot|invoice|rechnung|facture|factuur|factura|fattura|fatura|faktura|receipt|quittung|credit note|gutschrift|page|seite)\b/i;

function isTitle({ text }: ViewCell): boolean {
  return titleWords.test(text) || !/\p{L}{2}/u.test(text);
}

function isOpening(cell: ViewCell, row: ViewRow, opening: ViewCell | undefined): boolean {
  const isFirst =
    opening === undefined || row.index < opening.row || (row.index === opening.row && cell.index <= opening.index);
  return row.page === 0 && row.depth < openingDepth && isFirst;
}

/**
 * Names without a legal form: a short line that reads as one of the document's own domains, perhaps as a title
 * ("<name> Invoice"), or the document's first words.
 */
function plainNames(cell: ViewCell, row: ViewRow, { domains, opening }: Setting): Candidate<string>[] {
  if (/[@:]|www\.|\d{3}/.test(cell.text) || cell.labels.some(({ isWeak }) => !isWeak)) return [];
  const [first = ''] = cell.text.split(partSeparator);
  const name = first.replace(titleWords, '').trim();
  const isName = /^\p{L}.*\p{L}/u.test(name) && name.split(' ').length <= 5 && !/[\d\p{Sc}]/u.test(name);
  if (!isName || amountMeaning(fold(name))) return [];
  const compact = compactName(name);
  const isTop = row.page === 0 && row.depth < letterheadDepth;
  const isOwn = domains.some((domain) => compact === domain || (isTop && isNameOfDomain(compact, domain)));
  const isInTitle = name !== first;
  if (isOwn) return [{ value: name, cues: isInTitle ? ['document-title'] : [] }];
  return !isInTitle && isOpening(cell, row, opening) ? [{ value: name, cues: [] }] : [];
}

const details =
  /\b(?:hrb|hra|registergericht|amtsgericht|handelsregister|geschaftsfuhrer|vorstand|kvk|k\.v\.k|siret|siren|rcs|capital|ust-?id|ust\.? ?-?id|steuer-?nr|vat (?:no|number|reg|id)|tva intra|btw|p\. ?iva|partita iva|c\.?i\.?f|n\.?i\.?f|company (?:no|number|reg)|registered (?:in|office)|iban|bic|swift|ein|gstin|abn|cin)\b/;

/** Registration, tax and bank data near a name say whose paper it is: anywhere in a footer, else in the same column. */
function standsAmongDetails(view: DocumentView, row: ViewRow, cell: ViewCell): boolean {
  if (details.test(cell.folded)) return true;
  const near = view.rows
    .slice(Math.max(0, row.index - 3), row.index + 8)
    .filter((other) => other.page === row.page && Math.abs(other.y - row.y) < 9 * cell.size);
  const isInReach = (other: ViewCell) => row.depth > footerDepth || Math.abs(other.left - cell.left) < 20;
  return near.some(({ cells }) => cells.some((other) => isInReach(other) && details.test(other.folded)));
}
