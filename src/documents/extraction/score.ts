/**
 * Evidence for a value, and how much of the remaining doubt each piece takes away when it stands alone. No single cue
 * reaches 0.8: a value is only taken as sure when independent cues agree.
 */
const support = {
  // Where a value stands, and its form.
  label: 0.6,
  'weak-label': 0.35,
  'beside-its-label': 0.3,
  'below-its-label': 0.2,
  'heading-row': 0.3,
  'document-head': 0.2,
  'plausible-format': 0.4,
  'poor-format': 0.1,
  'known-format': 0.5,
  'check-digits': 0.7,
  repeated: 0.3,
  // Dates.
  'unambiguous-date': 0.5,
  'date-order-known': 0.4,
  'terms-agree': 0.4,
  'only-date': 0.2,
  // Amounts.
  'total-words': 0.6,
  'weak-total-words': 0.4,
  'net-words': 0.55,
  'tax-words': 0.55,
  'currency-marked': 0.2,
  'largest-amount': 0.2,
  'net-plus-tax-is-total': 0.65,
  'implied-by-arithmetic': 0.3,
  'equals-total': 0.35,
  'tax-rate-agrees': 0.4,
  'rates-add-up': 0.4,
  'lines-add-up': 0.55,
  'unit-prices-add-up': 0.45,
  'lines-without-tax': 0.45,
  // The currency.
  'currency-code': 0.7,
  'currency-symbol': 0.7,
  'currency-everywhere': 0.4,
  'currency-country': 0.45,
  'currency-language': 0.35,
  // The vendor and the customer.
  'legal-form': 0.4,
  'seller-label': 0.55,
  'own-domain': 0.6,
  letterhead: 0.3,
  prominent: 0.25,
  'only-company': 0.35,
  'sender-line': 0.4,
  'company-details': 0.35,
  'document-title': 0.35,
  'customer-label': 0.55,
  'address-block': 0.4,
  'address-lines': 0.3,
} as const;

/** Reasons to doubt a value: factors on its confidence. */
const doubt = {
  'ambiguous-date-order': 0.5,
  'due-before-issue': 0.5,
  'contradicts-lines': 0.6,
  'contradicts-arithmetic': 0.6,
  'ambiguous-symbol': 0.7,
  'minor-currency': 0.6,
  'might-be-customer': 0.5,
  'might-be-bank': 0.4,
  'year-like': 0.6,
} as const;

type Support = keyof typeof support;
type Doubt = keyof typeof doubt;
export type Cue = Support | Doubt;

/** A possible value of a field with what speaks for and against it. */
export interface Candidate<Value> {
  readonly value: Value;
  readonly cues: readonly Cue[];
}

export interface Scored<Value> extends Candidate<Value> {
  readonly confidence: number;
}

/** Cues that say the same as a stronger one do not count beside it. */
const coveredBy: Partial<Record<Support, Support>> = {
  'weak-label': 'label',
  'below-its-label': 'beside-its-label',
  'poor-format': 'plausible-format',
  'weak-total-words': 'total-words',
  'currency-symbol': 'currency-code',
};

const certainty = 0.99;

/** Independent cues each take away their share of the doubt left by the others; doubts then scale the result down. */
export function computeConfidence(cues: readonly Cue[]): number {
  let open = 1;
  let factor = 1;
  const given = new Set(cues);
  for (const cue of given) {
    const stronger = isSupport(cue) ? coveredBy[cue] : undefined;
    if (stronger && given.has(stronger)) continue;
    if (isSupport(cue)) open *= 1 - support[cue];
    else factor *= doubt[cue];
  }
  return Math.min(certainty, (1 - open) * factor);
}

function isSupport(cue: Cue): cue is Support {
  return cue in support;
}

/**
 * The best of several candidates. Candidates with the same key are one, with the cues of all; a rival nearly as well
 * supported takes away up to half of the winner's confidence.
 */
export function chooseBest<Value>(
  candidates: readonly Candidate<Value>[],
  keyOf: (value: Value) => unknown = (value) => value,
): Scored<Value> | undefined {
  const [best, rival] = mergeCandidates(candidates, keyOf);
  if (!best) return undefined;
  const { value, cues, confidence } = best;
  return { value, cues, confidence: confidence * rivalry(confidence, rival?.confidence ?? 0) };
}

/** Candidates with the same key made one, the best supported first. */
export function mergeCandidates<Value>(
  candidates: readonly Candidate<Value>[],
  keyOf: (value: Value) => unknown = (value) => value,
): Scored<Value>[] {
  const merged = new Map<unknown, { readonly value: Value; readonly cues: Set<Cue> }>();
  for (const { value, cues } of candidates) {
    const key = keyOf(value);
    const known = merged.get(key) ?? { value, cues: new Set<Cue>() };
    for (const cue of cues) known.cues.add(cue);
    merged.set(key, known);
  }
  return [...merged.values()]
    .map(({ value, cues }) => ({ value, cues: [...cues], confidence: computeConfidence([...cues]) }))
    .sort((a, b) => b.confidence - a.confidence);
}

function rivalry(best: number, rival: number): number {
  return 1 - Math.max(0, rival / Math.max(best, 0.01) - 0.6) * 1.25;
}
