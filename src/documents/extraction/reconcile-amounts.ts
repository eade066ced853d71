import type { LineItem } from '../fields.ts';
import type { AmountCandidate } from './amount-candidates.ts';
import { chooseBest, computeConfidence, mergeCandidates, type Candidate, type Cue, type Scored } from './score.ts';

export interface Amounts {
  readonly net?: Scored<number>;
  readonly tax?: Scored<number>;
  readonly total?: Scored<number>;
}

/** What the line items add up to. */
export interface LineSums {
  readonly amounts: number;
  /** Quantity times unit price. */
  readonly units?: number;
  /** Whether the heading of the lines says that they are without tax. */
  readonly areNet: boolean;
}

type Role = 'net' | 'tax' | 'total';
type Parts = Readonly<Record<Role, Candidate<number> | undefined>>;

interface Evidence {
  readonly lines: LineSums | undefined;
  /** Tax rates that the document names, in percent. */
  readonly rates: readonly number[];
  /** What may stand between net and total besides tax: nothing, all discounts and shipping, or one of them. */
  readonly offsets: readonly number[];
}

const roles = ['net', 'tax', 'total'] as const satisfies readonly Role[];

/** Rounding in a sum of lines or rates, in major units. */
const tolerance = 0.025;
const equal = (a: number, b: number) => Math.abs(a - b) <= tolerance;
const cents = (value: number) => Math.round(value * 100) / 100;

/** Candidates of one role looked at together; those beyond it are too poorly supported to win. */
const width = 8;
/** No tax is higher; a larger difference between net and total has another reason. */
const highestRate = 0.3;

/**
 * Chooses net, tax and total together: the combination whose words and arithmetic (net + tax = total, the lines' sum)
 * support it best. What contradicts the arithmetic loses confidence, whatever its label says.
 */
export function reconcileAmounts(
  candidates: readonly AmountCandidate[],
  lines: LineSums | undefined,
  rates: readonly number[],
): Amounts {
  const all = withSumsOverRates(candidates);
  const evidence: Evidence = { lines, rates, offsets: offsetsOf(candidates) };
  const [nets, taxes, totals] = [strongest(all, 'net'), strongest(all, 'tax'), strongest(all, 'total')];
  const combinations = [...totals, undefined].flatMap((total) =>
    [...nets, undefined].flatMap((net) => [...taxes, undefined].map((tax) => weigh({ net, tax, total }, evidence))),
  );
  const best = combinations.reduce((winner, other) => (scoreOf(other) > scoreOf(winner) ? other : winner));
  const complete = withImplied(best, evidence);
  const values = roles.flatMap((role) => complete[role]?.value ?? []);
  const chosen = roles.flatMap((role) => {
    const part = complete[role];
    return part ? [[role, withRivals(part, { net: nets, tax: taxes, total: totals }[role], values)] as const] : [];
  });
  return Object.fromEntries(chosen);
}

/** Adds up the amounts of the line items; undefined where none has one. */
export function sumLines(lineItems: readonly LineItem[], areNet: boolean): LineSums | undefined {
  const amounts = lineItems.flatMap(({ amount }) => (amount === undefined ? [] : [amount]));
  const units = lineItems.flatMap(({ quantity, unitPrice }) =>
    quantity === undefined || unitPrice === undefined ? [] : [quantity * unitPrice],
  );
  if (amounts.length === 0) return undefined;
  return { amounts: sum(amounts), areNet, ...(units.length === lineItems.length && { units: sum(units) }) };
}

function sum(values: readonly number[]): number {
  return cents(values.reduce((total, value) => total + value, 0));
}

function scoreOf({ net, tax, total }: Parts): number {
  const [n = 0, t = 0, all = 0] = [net, tax, total].map((part) => (part ? computeConfidence(part.cues) : 0));
  return n + t + 1.5 * all;
}

/** Adds to each part of a combination what the others and the lines say of it. */
function weigh({ net, tax, total }: Parts, { lines, rates, offsets }: Evidence): Parts {
  const isWhole = net !== undefined && tax !== undefined && total !== undefined;
  const adds = isWhole && offsets.some((offset) => equal(net.value + tax.value + offset, total.value));
  const common: Cue[] = isWhole ? [adds ? 'net-plus-tax-is-total' : 'contradicts-arithmetic'] : [];
  const taxValue = tax?.value ?? (net && total && total.value - net.value);
  if (net && taxValue !== undefined && isTaxOf(taxValue, net.value, rates)) common.push('tax-rate-agrees');
  const linesAre = (value: number | undefined) =>
    lines !== undefined && value !== undefined && offsets.some((offset) => equal(lines.amounts + offset, value));
  const [areNet, areTotal] = [linesAre(net?.value), linesAre(total?.value)];
  const contradiction: Cue[] = lines === undefined || areNet || areTotal ? [] : ['contradicts-lines'];
  const unitsAreNet = lines?.units !== undefined && net !== undefined && equal(lines.units, net.value);
  const netCues: Cue[] = areNet ? ['lines-add-up'] : unitsAreNet ? ['unit-prices-add-up'] : contradiction;
  return {
    net: withCues(net, [...common, ...netCues]),
    tax: withCues(tax, common),
    total: withCues(total, [
      ...common,
      ...(areTotal || (areNet && adds) ? (['lines-add-up'] as const) : contradiction),
    ]),
  };
}

function isTaxOf(tax: number, net: number, rates: readonly number[]): boolean {
  return tax !== 0 && rates.some((rate) => rate > 0 && Math.abs((net * rate) / 100 - tax) <= tolerance);
}

function withCues(part: Candidate<number> | undefined, cues: readonly Cue[]): Candidate<number> | undefined {
  return part && { value: part.value, cues: [...part.cues, ...cues] };
}

/** Fills the amount that follows from the two others, or the net where the lines are without tax and are the total. */
function withImplied(parts: Parts, { lines, rates }: Evidence): Parts {
  const { net, tax, total } = parts;
  if (net && tax && !total) return { net, tax, total: implied(net.value + tax.value) };
  if (net && total && !tax) {
    const value = total.value - net.value;
    return Math.abs(value) <= Math.abs(net.value) * highestRate
      ? { net, tax: implied(value, ...net.cues.filter((cue) => cue === 'tax-rate-agrees')), total }
      : parts;
  }
  if (!total || net) return parts;
  const value = cents(total.value - (tax?.value ?? 0));
  const cues: Cue[] = [];
  if (lines && equal(lines.amounts, value)) cues.push('lines-add-up');
  if (lines?.units !== undefined && equal(lines.units, value)) cues.push('unit-prices-add-up');
  if (tax?.value === 0) cues.push('equals-total');
  if (tax) {
    const rateCues: Cue[] = isTaxOf(tax.value, value, rates) ? ['tax-rate-agrees'] : [];
    return { net: implied(value, ...cues, ...rateCues), tax: withCues(tax, rateCues), total };
  }
  // Without a word on tax, a total is a net only where its lines are.
  const isNet = lines?.areNet && cues.includes('lines-add-up');
  return isNet ? { net: implied(value, 'lines-without-tax', ...cues), tax, total } : parts;
}

function implied(value: number, ...cues: Cue[]): Candidate<number> {
  return { value: cents(value), cues: ['implied-by-arithmetic', ...cues] };
}

/**
 * A rival may be better labelled and still lose by arithmetic; then half of the doubt stays with the chosen one. An amount
 * that has its place in the combination already ("Total charges" for the net) is no rival.
 */
function withRivals(
  part: Candidate<number>,
  all: readonly Candidate<number>[],
  chosen: readonly number[],
): Scored<number> {
  const rivals = all.filter(({ value }) => !chosen.some((other) => equal(other, value)));
  const best = chooseBest([part, ...rivals]);
  if (best?.value === part.value) return best;
  return { value: part.value, cues: part.cues, confidence: computeConfidence(part.cues) / 2 };
}

function strongest(candidates: readonly AmountCandidate[], role: Role): Candidate<number>[] {
  return mergeCandidates(candidates.filter((candidate) => candidate.role === role)).slice(0, width);
}

/** Where a table lists net and tax by rate, those of the document are the sums. */
function withSumsOverRates(candidates: readonly AmountCandidate[]): AmountCandidate[] {
  const sums = (['tax', 'net'] as const).flatMap((role) => {
    const ofRole = candidates.filter((candidate) => candidate.role === role && candidate.rate !== undefined);
    const byRate = new Map(ofRole.map((candidate) => [candidate.rate, candidate]));
    const [first] = byRate.values();
    if (!first || byRate.size < 2) return [];
    const value = sum([...byRate.values()].map((candidate) => candidate.value));
    return [{ role, value, cues: [...first.cues, 'rates-add-up' as const] }];
  });
  return [...candidates, ...sums];
}

/** A discount may be printed with its sign or without. */
function offsetsOf(candidates: readonly AmountCandidate[]): number[] {
  const values = candidates.filter(({ role }) => role === 'adjustment').map(({ value }) => value);
  return [0, sum(values), ...values.flatMap((value) => [value, -value])].slice(0, width);
}
