import { placesOf, type DocumentView, type Place } from './document-view.ts';
import type { LabelKind } from './labels.ts';
import { isMoney, scanAmounts } from './scan-amounts.ts';
import { scanDates } from './scan-dates.ts';
import type { Candidate, Cue } from './score.ts';

/** Invoice, order and similar numbers: whatever looks like a reference where its label says it should be. */
export function referenceCandidates(
  view: DocumentView,
  kind: LabelKind,
  lineRows: ReadonlySet<number>,
): Candidate<string>[] {
  const labelled = placesOf(view, kind).filter(({ cell }) => !lineRows.has(cell.row));
  const found = labelled.flatMap(({ label, cell, places }) => {
    for (const place of places) {
      const value = readReference(place, label.isWeak);
      if (!value) continue;
      const headings = view.rows[cell.row]?.cells.filter(({ labels }) => labels.some(({ start }) => start === 0)) ?? [];
      const isHeading = place.relation === 'below' && headings.length >= 3;
      return [
        { value, cues: [...cuesOf(value, place, label.isWeak), ...(isHeading ? (['heading-row'] as const) : [])] },
      ];
    }
    return [];
  });
  // A weak label is a last resort: "Receipt 12" says nothing where there is an "Invoice number 34".
  const isSure = found.some(({ cues }) => cues.includes('label'));
  const counted = isSure ? found.filter(({ cues }) => cues.includes('label')) : found;
  return counted.map(({ value, cues }) => ({
    value,
    cues: isRepeated(view, value) ? [...cues, 'repeated' as const] : cues,
  }));
}

function cuesOf(value: string, place: Place, isWeak: boolean): Cue[] {
  const isYearLike = isWeak && /^(?:19|20)\d\d$/.test(value);
  return [
    isWeak ? 'weak-label' : 'label',
    place.relation === 'below' ? 'below-its-label' : 'beside-its-label',
    value.length >= 4 && !isYearLike ? 'plausible-format' : 'poor-format',
    ...(isYearLike ? (['year-like'] as const) : []),
  ];
}

/** Words before digits ("RE 2014-17"), groups ("2014 / 17"), or one token with letters, digits and separators. */
const reference = /^(?:[A-Z]{1,6}[ -]{1,2}(?=\d))?(?:\d+(?: ?\/ ?\d+)+|[\p{L}\d]+(?:[-/._#]+[\p{L}\d]+)*)/u;
const groupsOfDigits = /^\d{2,}(?: \d{2,})+$/;

function readReference({ cell, from, relation }: Place, isWeak: boolean): string | undefined {
  const rest = cell.text.slice(from);
  const lead = /^[\s:.#=°º–-]*/.exec(rest)?.[0].length ?? 0;
  const text = rest.slice(lead);
  // "Invoice 4711" and "Factuur" above a number, but not "invoice for July" nor "invoices within 30 days".
  if (relation !== 'below' && lead === 0 && relation === 'after') return undefined;
  const value = (groupsOfDigits.exec(text) ?? reference.exec(text))?.[0];
  if (!value || !/\d/.test(value) || value.length > 40 || value.length < (isWeak ? 3 : 1)) return undefined;
  // Below a label stands a reference alone: "77 Cedar Lane" is an address.
  if (relation === 'below' && /\p{L}/u.test(text.slice(value.length))) return undefined;
  const isDate = scanDates(text).some(({ start }) => start < value.length);
  const isAmount = scanAmounts(text).some(
    (amount) => amount.start < value.length && (isMoney(amount) || amount.isPercent),
  );
  const isProse = isWeak && relation === 'after' && /^(?:19|20)\d\d$/.test(value);
  return isDate || isAmount || isProse ? undefined : value;
}

function isRepeated(view: DocumentView, value: string): boolean {
  return value.length >= 4 && view.text.indexOf(value) !== view.text.lastIndexOf(value);
}
