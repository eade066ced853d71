import type { AmountCandidate } from './amount-candidates.ts';
import type { AmountRole } from './amount-words.ts';
import type { LineItem } from '../fields.ts';
import { chooseBest, computeConfidence, type Candidate, type Cue, type Scored } from './score.ts';

export interface Amounts {
  readonly net?: Scored<number>;
  readonly tax?: Scored<number>;
  readonly total?: Scored<number>;
}

export interface LineSum {
  readonly sum: number;
  /** Whether the heading of the lines says that they are without tax. */
  readonly areNet: boolean;
}

/** Rounding in a sum of lines or rates, in major units. */
const tolerance = 0.025;
const equal = (a: number, b: number) => Math.abs(a - b) <= tolerance;
const cents = (value: number) => Math.round(value * 100) / 100;

/** Candidates of one role looked at together; those beyond it are too poorly supported to win. */
const width = 8;

interface Combination {
  readonly net?: Candidate<number>;
  readonly tax?: Candidate<number>;
  readonly total?: Candidate<number>;
  readonly score: number;
}

/**
 * Chooses net, tax and total together: the combination whose words and arithmetic (net + tax = total, the lines' sum)
 * support it best. What contradicts the arithmetic loses confidence, whatever its label says.
 */
export function reconcileAmounts(
  candidates: readonly AmountCandidate[],
  lines: LineSum | undefined,
  rates: readonly number[],
): Amounts {
  const merged = withSummedTax(candidates);
  const [net, tax, total] = (['net', 'tax', 'total'] as const).map((role) => strongest(merged, role));
  const combinations = [...(total ?? []), undefined].flatMap((total) =>
    [...(net ?? []), undefined].flatMap((net) =>
      [...(tax ?? []), undefined].map((tax) => weigh({ net, tax, total }, rates, lines)),
    ),
  );
  const [best] = combinations.sort((a, b) => b.score - a.score);
  return best ? withRivals(complete(best, lines), { net: net ?? [], tax: tax ?? [], total: total ?? [] }) : {};
}

interface Parts {
  readonly net: Candidate<number> | undefined;
  readonly tax: Candidate<number> | undefined;
  readonly total: Candidate<number> | undefined;
}

function weigh(parts: Parts, rates: readonly number[], lines: LineSum | undefined): Combination {
  const { net, tax, total } = withArithmetic(parts, rates, lines);
  const score = [net, tax, total].reduce(
    (sum, part, index) => sum + (part ? computeConfidence(part.cues) * (index === 2 ? 1.5 : 1) : 0),
    0,
  );
  return { ...(net && { net }), ...(tax && { tax }), ...(total && { total }), score };
}

function withArithmetic({ net, tax, total }: Parts, rates: readonly number[], lines: LineSum | undefined): Parts {
  const all = net && tax && total;
  const adds = all && equal(net.value + tax.value, total.value);
  const common: Cue[] = all ? [adds ? 'net-plus-tax-is-total' : 'contradicts-arithmetic'] : [];
  const rateAgrees =
    net &&
    tax &&
    tax.value !== 0 &&
    rates.some((rate) => Math.abs(net.value * rate - tax.value * 100) <= Math.max(3, Math.abs(net.value) * 0.05));
  const addsToNet = lines !== undefined && net !== undefined && equal(lines.sum, net.value);
  const addsToTotal = lines !== undefined && total !== undefined && equal(lines.sum, total.value);
  const lineCues = (agrees: boolean): Cue[] =>
    lines === undefined ? [] : agrees ? ['lines-add-up'] : addsToNet || addsToTotal ? [] : ['contradicts-lines'];
  const rateCues: Cue[] = rateAgrees ? ['tax-rate-agrees'] : [];
  return {
    net: withCues(net, [...common, ...rateCues, ...lineCues(addsToNet)]),
    tax: withCues(tax, [...common, ...rateCues]),
    total: withCues(total, [...common, ...lineCues(addsToTotal || (addsToNet && adds === true))]),
  };
}

function withCues(part: Candidate<number> | undefined, cues: readonly Cue[]): Candidate<number> | undefined {
  return part && { value: part.value, cues: [...part.cues, ...cues] };
}

function implied(value: number, ...cues: Cue[]): Candidate<number> {
  return { value: cents(value), cues: ['implied-by-arithmetic', ...cues] };
}

/** Fills the amount that follows from the two others, or the net where the lines are without tax and the total has none. */
function complete({ net, tax, total }: Combination, lines: LineSum | undefined): Parts {
  if (net && tax && !total) return { net, tax, total: implied(net.value + tax.value) };
  if (total && tax && !net) {
    const value = total.value - tax.value;
    const agreed = [
      ...(lines !== undefined && equal(lines.sum, value) ? (['lines-add-up'] as const) : []),
      ...(tax.value === 0 ? (['equals-total'] as const) : []),
    ];
    return { net: implied(value, ...agreed), tax, total };
  }
  if (total && net && !tax) return { net, tax: implied(total.value - net.value), total };
  if (total && !net && !tax && lines?.areNet && equal(lines.sum, total.value)) {
    return { net: implied(total.value, 'lines-without-tax', 'lines-add-up'), tax, total };
  }
  return { net, tax, total };
}

function withRivals(parts: Parts, all: Readonly<Record<AmountRole, readonly Candidate<number>[]>>): Amounts {
  const choose = (role: AmountRole) => {
    const part = parts[role];
    if (!part) return undefined;
    const others = all[role].filter(({ value }) => !equal(value, part.value));
    const chosen = chooseBest([part, ...others], equal);
    // A rival may be better labelled and still lose by arithmetic; then the doubt stays with the chosen one.
    return chosen && equal(chosen.value, part.value)
      ? chosen
      : { value: part.value, cues: part.cues, confidence: computeConfidence(part.cues) / 2 };
  };
  const [net, tax, total] = [choose('net'), choose('tax'), choose('total')];
  return { ...(net && { net }), ...(tax && { tax }), ...(total && { total }) };
}

function strongest(candidates: readonly AmountCandidate[], role: AmountRole): Candidate<number>[] {
  const byValue = new Map<number, Candidate<number>>();
  for (const { value, cues } of candidates.filter((candidate) => candidate.role === role)) {
    byValue.set(value, { value, cues: [...new Set([...(byValue.get(value)?.cues ?? []), ...cues])] });
  }
  return [...byValue.values()].sort((a, b) => computeConfidence(b.cues) - computeConfidence(a.cues)).slice(0, width);
}

/** Where a table lists tax by rate, the tax of the document is their sum. */
function withSummedTax(candidates: readonly AmountCandidate[]): AmountCandidate[] {
  const summed = (['tax', 'net'] as const).flatMap((role) => {
    const byRate = new Map(
      candidates
        .filter((candidate) => candidate.role === role && candidate.rate !== undefined)
        .map((candidate) => [candidate.rate, candidate]),
    );
    if (byRate.size < 2) return [];
    const [first] = byRate.values();
    const value = cents([...byRate.values()].reduce((sum, candidate) => sum + candidate.value, 0));
    return first ? [{ role, value, cues: [...first.cues, 'rates-add-up' as const] }] : [];
  });
  return [...candidates, ...summed];
}

/** What the line items add up to; undefined where none has an amount. */
export function sumOfLines(lineItems: readonly LineItem[], areNet: boolean): LineSum | undefined {
  const amounts = lineItems.flatMap(({ amount }) => (amount === undefined ? [] : [amount]));
  return amounts.length > 0 ? { sum: cents(amounts.reduce((sum, amount) => sum + amount, 0)), areNet } : undefined;
}
