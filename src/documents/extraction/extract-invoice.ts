import type { DocumentCategory, Extraction, ExtractedFields } from '../fields.ts';
import { layoutFromText, type Layout } from '../layout.ts';
import { amountCandidates } from './amount-candidates.ts';
import { currencyCandidates } from './currency-candidates.ts';
import {
  type DateOrder,
  dateCandidates,
  daysBetween,
  inferDateOrder,
  onlyDate,
  paymentTermDays,
} from './date-candidates.ts';
import { compactName } from './company-names.ts';
import { detectCountries } from './countries.ts';
import { createDocumentView, type DocumentView } from './document-view.ts';
import { ibanCandidates, vatIdCandidates } from './identifier-candidates.ts';
import { inferLineItems } from './infer-line-items.ts';
import { detectLanguage } from './language.ts';
import { readLineItems } from './line-items.ts';
import { inferNumberStyle } from './number-style.ts';
import { partyCandidates } from './party-candidates.ts';
import { reconcileAmounts, sumLines } from './reconcile-amounts.ts';
import { referenceCandidates } from './reference-candidates.ts';
import { scanAmounts } from './scan-amounts.ts';
import { chooseBest, computeConfidence, type Candidate, type Cue, type Scored } from './score.ts';

/**
 * Reads an invoice, receipt, credit note or purchase order by rules: candidates with cues, confidence from cues, amounts reconciled by
 * arithmetic. Takes the layout of `readText`, or its text where only that was kept. Never throws; what it does not find
 * is absent, and what a single cue speaks for stays below 0.8.
 */
export function extractInvoice(document: Layout | string, category: DocumentCategory = 'invoice'): Extraction {
  const view = createDocumentView(typeof document === 'string' ? layoutFromText(document) : document);
  const language = detectLanguage(view.folded);
  const style = inferNumberStyle(view.text, language);
  const table = readLineItems(view, style);
  const candidates = amountCandidates(view, style, table.rows);
  const sums = candidates.filter(({ role }) => role !== 'tax').map(({ value }) => value);
  const lineItems = table.items.length > 0 ? [...table.items] : inferLineItems(view, style, sums);
  const rates = scanAmounts(view.text, style).flatMap(({ isPercent, value }) => (isPercent ? [value] : []));
  const amounts = reconcileAmounts(candidates, sumLines(lineItems, table.areNet), rates);

  const parties = partyCandidates(view);
  const vatId = chooseBest(vatIdCandidates(view, parties.customerCells));
  const iban = chooseBest(ibanCandidates(view));
  const countries = [
    ...[vatId, iban].flatMap((found) => (found ? [found.value.slice(0, 2)] : [])),
    ...detectCountries(view.text),
  ];
  const vendorName = withFullName(chooseBest(parties.vendors, compactName), parties.vendors);
  const customerName = withFullName(chooseBest(parties.customers, compactName), parties.customers);

  const fields = {
    invoiceNumber: chooseBest(referenceCandidates(view, 'invoiceNumber', table.rows)),
    ...extractDates(view, category, inferDateOrder(view, language, countries), table.rows),
    currency: chooseBest(currencyCandidates(view.text, style, language, countries)),
    netAmount: amounts.net,
    taxAmount: amounts.tax,
    totalAmount: amounts.total,
    vendorName,
    purchaseOrderNumber: chooseBest(referenceCandidates(view, 'purchaseOrderNumber', table.rows)),
    customerName: isSameParty(customerName, vendorName) ? undefined : customerName,
    vatId,
    iban,
  };
  return { fields: toFields(fields), lineItems };
}

function isSameParty(a: Scored<string> | undefined, b: Scored<string> | undefined): boolean {
  return a !== undefined && b !== undefined && compactName(a.value) === compactName(b.value);
}

/** Of a company's mentions the longest, which has its legal form. */
function withFullName(
  chosen: Scored<string> | undefined,
  all: readonly Candidate<string>[],
): Scored<string> | undefined {
  if (!chosen) return undefined;
  const compact = compactName(chosen.value);
  const mentions = all.map(({ value }) => value).filter((value) => compactName(value) === compact);
  const [value = chosen.value] = mentions.sort((a, b) => b.length - a.length);
  return { ...chosen, value };
}

interface Dates {
  readonly issueDate: Scored<string> | undefined;
  readonly dueDate: Scored<string> | undefined;
}

/** The two dates support each other where the payment terms lie between them, and lose confidence where they are swapped. */
function extractDates(
  view: DocumentView,
  category: DocumentCategory,
  order: DateOrder | undefined,
  lineRows: ReadonlySet<number>,
): Dates {
  const due = chooseBest(dateCandidates(view, 'dueDate', order, lineRows));
  const ordered = category === 'purchase_order' ? dateCandidates(view, 'orderDate', order, lineRows) : [];
  const labelled = ordered.length > 0 ? ordered : dateCandidates(view, 'issueDate', order, lineRows);
  // A guess supports a labelled date, and never stands against one.
  const guess = onlyDate(view, order, due?.value).filter(
    ({ value }) => labelled.length === 0 || labelled.some((other) => other.value === value),
  );
  const issued = chooseBest([...labelled, ...guess]);
  if (!issued || !due) return { issueDate: issued, dueDate: due };
  const days = daysBetween(issued.value, due.value);
  if (days < 0) return { issueDate: also(issued, 'due-before-issue'), dueDate: also(due, 'due-before-issue') };
  if (days > 0 && paymentTermDays(view.folded).includes(days))
    return { issueDate: also(issued, 'terms-agree'), dueDate: also(due, 'terms-agree') };
  return { issueDate: issued, dueDate: due };
}

/** Adds a cue found later, keeping what rivals took away. */
function also(scored: Scored<string>, cue: Cue): Scored<string> {
  const cues = [...scored.cues, cue];
  const before = computeConfidence(scored.cues);
  const kept = before > 0 ? scored.confidence / before : 1;
  return { value: scored.value, cues, confidence: computeConfidence(cues) * kept };
}

type Field<Value> = { value: Value; confidence: number; cues: string[] };

function toFields(scored: {
  readonly [Name in keyof ExtractedFields]: Scored<NonNullable<ExtractedFields[Name]>['value']> | undefined;
}): ExtractedFields {
  const entries = Object.entries(scored).flatMap(([name, found]): [string, Field<string | number>][] =>
    found
      ? [[name, { value: found.value, confidence: Math.round(found.confidence * 100) / 100, cues: [...found.cues] }]]
      : [],
  );
  return Object.fromEntries(entries);
}
