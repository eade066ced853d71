import { findCustomerBlocks, isSenderLine, type AddressBlock } from './address-blocks.ts';
import { compactName, findCompanyNames, findDomainNames, isNameOfDomain, partSeparator } from './company-names.ts';
import { placesOf, type DocumentView, type ViewCell, type ViewRow } from './document-view.ts';
import type { Candidate, Cue } from './score.ts';

export interface Parties {
  readonly vendors: readonly Candidate<string>[];
  readonly customers: readonly Candidate<string>[];
  /** Cells of the customer's addresses: what stands there is not the vendor's. */
  readonly customerCells: ReadonlySet<ViewCell>;
}

/** Same company, also where one mention leaves out the legal form. */
export function isSameParty(a: string, b: string): boolean {
  return compactName(a) === compactName(b);
}

export function partyCandidates(view: DocumentView): Parties {
  const blocks = findCustomerBlocks(view);
  const customerCells = new Set(blocks.flatMap(({ cells }) => cells));
  const customers = blocks.filter(({ isDelivery }) => !isDelivery).flatMap(customerOf);
  const mentions = view.rows.flatMap((row) =>
    row.cells.filter((cell) => !customerCells.has(cell)).flatMap((cell) => mentionsIn(view, row, cell)),
  );
  const labelled = sellersByLabel(view, customerCells);
  const counts = new Map<string, number>();
  for (const { value } of mentions) counts.set(compactName(value), (counts.get(compactName(value)) ?? 0) + 1);
  const companies = mentions.filter(({ cues }) => cues.includes('legal-form')).map(({ value }) => compactName(value));
  const isOnlyCompany = new Set(companies).size === 1;
  const vendors = [...mentions, ...labelled].map(({ value, cues }) => ({
    value,
    cues: [
      ...cues,
      ...((counts.get(compactName(value)) ?? 0) > 1 ? (['repeated'] as const) : []),
      ...(isOnlyCompany && cues.includes('legal-form') ? (['only-company'] as const) : []),
      ...(customers.some((customer) => isSameParty(customer.value, value)) ? (['might-be-customer'] as const) : []),
    ],
  }));
  return { vendors, customers, customerCells };
}

function mentionsIn(view: DocumentView, row: ViewRow, cell: ViewCell): Candidate<string>[] {
  const domains = findDomainNames(view.folded);
  const withForm = findCompanyNames(cell.text).map(({ name }): Candidate<string> => ({
    value: name,
    cues: ['legal-form'],
  }));
  const plain = withForm.length > 0 ? [] : plainNames(view, cell, domains, row);
  return [...withForm, ...plain].map(({ value, cues }) => {
    const compact = compactName(value);
    const more: Cue[] = [];
    if (domains.some((name) => isNameOfDomain(compact, name))) more.push('own-domain');
    if (row.page === 0 && row.depth < 0.2) more.push('letterhead');
    if (isFirstLine(view, row, cell)) more.push('prominent');
    if (isSenderLine(cell)) more.push('sender-line');
    if (standsAmongDetails(view, row, cell)) more.push('company-details');
    if (bank.test(value)) more.push('might-be-bank');
    return { value, cues: [...cues, ...more] };
  });
}

const bank = /bank|sparkasse|caisse|credit (?:mutuel|agricole)/i;
const titleWords =
  /\b(?:agreement|contract|vertrag|purchase order|bestellung|quote|angebot|invoice|rechnung|facture|factuur|factura|fattura|fatura|faktura|receipt|quittung|credit note|gutschrift|page|seite)\b/i;

/**
 * Names without a legal form: a short line that reads as one of the document's own domains, perhaps as a title
 * ("<name> Invoice"), or the first line of the letterhead.
 */
function plainNames(view: DocumentView, cell: ViewCell, domains: readonly string[], row: ViewRow): Candidate<string>[] {
  if (/[@:]|www\.|\d{3}/.test(cell.text) || cell.labels.some(({ isWeak }) => !isWeak)) return [];
  const [first = ''] = cell.text.split(partSeparator);
  const name = first.replace(titleWords, '').trim();
  if (name.split(' ').length > 5 || !/^\p{L}.*\p{L}/u.test(name)) return [];
  const compact = compactName(name);
  const isTop = row.page === 0 && row.depth < 0.2;
  const isOwn =
    compact.length >= 3 && domains.some((domain) => compact === domain || (isTop && isNameOfDomain(compact, domain)));
  const isTitle = name !== first;
  if (isOwn) return [{ value: name, cues: isTitle ? ['document-title'] : [] }];
  return !isTitle && isFirstLine(view, row, cell) ? [{ value: name, cues: [] }] : [];
}

/** The first words of the document that are not its title. */
function isFirstLine(view: DocumentView, row: ViewRow, cell: ViewCell): boolean {
  const before = [...view.rows.slice(0, row.index).flatMap(({ cells }) => cells), ...row.cells.slice(0, cell.index)];
  return row.page === 0 && row.depth < 0.25 && before.every(isTitleOnly);
}

function isTitleOnly({ text }: ViewCell): boolean {
  return titleWords.test(text) || !/\p{L}{2}/u.test(text);
}

const details =
  /\b(?:hrb|hra|registergericht|amtsgericht|handelsregister|geschaftsfuhrer|vorstand|kvk|k\.v\.k|siret|siren|rcs|capital|ust-?id|ust\.? ?-?id|steuer-?nr|vat (?:no|number|reg|id)|tva intra|btw|p\. ?iva|partita iva|c\.?i\.?f|n\.?i\.?f|company (?:no|number|reg)|registered (?:in|office)|iban|bic|swift|ein|gstin|abn|cin)\b/;

/** Registration, tax and bank data near a name say whose paper it is. */
function standsAmongDetails(view: DocumentView, row: ViewRow, cell: ViewCell): boolean {
  if (details.test(cell.folded)) return true;
  return view.rows
    .slice(Math.max(0, row.index - 3), row.index + 8)
    .filter((near) => near.page === row.page && Math.abs(near.y - row.y) < 9 * cell.size)
    .some((near) =>
      near.cells.some(
        (other) => details.test(other.folded) && (row.depth > 0.75 || Math.abs(other.left - cell.left) < 20),
      ),
    );
}

function sellersByLabel(view: DocumentView, customerCells: ReadonlySet<ViewCell>): Candidate<string>[] {
  return placesOf(view, 'vendor').flatMap(({ label, cell, places }): Candidate<string>[] => {
    for (const { cell: at, from, relation } of places) {
      if (customerCells.has(at)) continue;
      const text = at.text.slice(from).replace(/^[\s:.–-]+/, '');
      const lead = at.text.length - text.length;
      const company = findCompanyNames(at.text).find(({ start }) => start >= from && start - lead <= 2);
      if (company) return [{ value: company.name, cues: ['seller-label', 'legal-form'] }];
      const [plain = ''] = text.split(partSeparator);
      const isName =
        relation === 'after'
          ? label.start <= 2 && at.text.slice(from).trimStart().startsWith(':')
          : cell.text.length - label.end <= 2;
      if (isName && /^\p{Lu}/u.test(plain) && plain.split(' ').length <= 6 && !/\d/.test(plain))
        return [{ value: plain, cues: ['seller-label'] }];
    }
    return [];
  });
}

function customerOf({ cells, cue }: AddressBlock): Candidate<string>[] {
  const lines = cells.map(({ text, labels }) =>
    text
      .slice(labels.findLast(({ kind, start }) => kind === 'customer' && start <= 2)?.end ?? 0)
      .replace(/^[\s:.]+/, ''),
  );
  const name = lines.find((line) => /\p{L}{2}/u.test(line) && !/^\d/.test(line));
  if (name === undefined || name.length > 80) return [];
  return [
    {
      value: name,
      cues: [
        cue,
        ...(findCompanyNames(name).length > 0 ? (['legal-form'] as const) : []),
        ...(cells.length >= 3 ? (['address-lines'] as const) : []),
      ],
    },
  ];
}
