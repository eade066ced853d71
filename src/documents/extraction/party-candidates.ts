import { findCustomerBlocks, type AddressBlock } from './address-blocks.ts';
import { companyMentions } from './company-mentions.ts';
import { compactName, findCompanyNames, partSeparator } from './company-names.ts';
import { placesOf, type DocumentView, type Place, type ViewCell } from './document-view.ts';
import type { Label } from './labels.ts';
import type { Candidate, Cue } from './score.ts';

export interface Parties {
  readonly vendors: readonly Candidate<string>[];
  readonly customers: readonly Candidate<string>[];
  /** Cells of the customer's addresses: what stands there is not the vendor's. */
  readonly customerCells: ReadonlySet<ViewCell>;
}

export function partyCandidates(view: DocumentView): Parties {
  const blocks = findCustomerBlocks(view);
  const customerCells = new Set(blocks.flatMap(({ cells }) => cells));
  const customers = blocks.filter(({ isDelivery }) => !isDelivery).flatMap(customerOf);
  const customerNames = new Set(customers.map(({ value }) => compactName(value)));
  const mentions = companyMentions(view, customerCells);
  const times = new Map<string, number>();
  for (const { value } of mentions) times.set(compactName(value), (times.get(compactName(value)) ?? 0) + 1);
  const companies = mentions.filter(({ cues }) => cues.includes('legal-form')).map(({ value }) => compactName(value));
  const isOnlyCompany = new Set(companies).size === 1;
  const vendors = [...mentions, ...sellersByLabel(view, customerCells)].map(({ value, cues }) => {
    const compact = compactName(value);
    const more: Cue[] = [...cues];
    if ((times.get(compact) ?? 0) > 1) more.push('repeated');
    if (isOnlyCompany && cues.includes('legal-form')) more.push('only-company');
    if (customerNames.has(compact)) more.push('might-be-customer');
    return { value, cues: more };
  });
  return { vendors, customers, customerCells };
}

function sellersByLabel(view: DocumentView, customerCells: ReadonlySet<ViewCell>): Candidate<string>[] {
  return placesOf(view, 'vendor').flatMap(({ label, cell, places }) => {
    const free = places.filter((place) => !customerCells.has(place.cell));
    const [seller] = free.flatMap((place) => sellerAt(place, label, cell) ?? []);
    return seller ? [seller] : [];
  });
}

const longestPlainName = 6;

/** A company with its legal form, or a plain name where the label says plainly that one follows. */
function sellerAt({ cell, from, relation }: Place, label: Label, labelCell: ViewCell): Candidate<string> | undefined {
  const text = cell.text.slice(from).replace(/^[\s:.–-]+/, '');
  const start = cell.text.length - text.length;
  const company = findCompanyNames(cell.text).find((name) => name.start >= from && name.start - start <= 2);
  if (company) return { value: company.name, cues: ['seller-label', 'legal-form'] };
  const [name = ''] = text.split(partSeparator);
  const isAnnounced =
    relation === 'after'
      ? label.start <= 2 && cell.text.slice(from).trimStart().startsWith(':')
      : labelCell.text.length - label.end <= 2;
  const isName = /^\p{Lu}/u.test(name) && !/\d/.test(name) && name.split(' ').length <= longestPlainName;
  return isAnnounced && isName ? { value: name, cues: ['seller-label'] } : undefined;
}

function customerOf({ cells, cue }: AddressBlock): Candidate<string>[] {
  const name = cells.map(withoutLabel).find((line) => /\p{L}{2}/u.test(line) && !/^\d/.test(line));
  if (name === undefined || name.length > 80) return [];
  const cues: Cue[] = [cue];
  if (findCompanyNames(name).length > 0) cues.push('legal-form');
  if (cells.length >= 3) cues.push('address-lines');
  return [{ value: name, cues }];
}

function withoutLabel({ text, labels }: ViewCell): string {
  const label = labels.findLast(({ kind, start }) => kind === 'customer' && start <= 2);
  return text.slice(label?.end ?? 0).replace(/^[\s:.]+/, '');
}
