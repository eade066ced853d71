/** What befalls one run of a saga. */
export type Mishap =
  | { readonly kind: 'fail' | 'twice'; readonly call: string }
  | { readonly kind: 'lose'; readonly call: string; readonly as: 'killed' | 'timeout'; readonly always: boolean }
  | { readonly kind: 'cancel'; readonly call: string }
  | { readonly kind: 'crash'; readonly after: number; readonly unsaved: boolean };

/** What becomes of the reviews that open before the saga has failed for the first time; later ones are approved. */
export const reviewFates = ['approved', 'rejected', 'unanswered'] as const;
export type ReviewFate = (typeof reviewFates)[number];

export const gateChoices = ['skip', 'compensate'] as const;
/** What the operator does at the first gate; at the others, and where it is not possible: retry. */
export type GateChoice = (typeof gateChoices)[number];

export interface SweepCase {
  readonly reviews: ReviewFate;
  readonly mishaps: readonly Mishap[];
  readonly choice?: GateChoice | undefined;
}

function describeMishap(mishap: Mishap): string {
  switch (mishap.kind) {
    case 'fail':
      return `fail ${mishap.call}`;
    case 'twice':
      return `deliver ${mishap.call} twice`;
    case 'lose':
      return `lose ${mishap.always ? 'every reply' : 'a reply'} of ${mishap.call} (${mishap.as})`;
    case 'cancel':
      return `cancel during ${mishap.call}`;
    case 'crash':
      return `crash ${mishap.unsaved ? 'before' : 'after'} checkpoint ${mishap.after}`;
  }
}

/** A sentence that names the case, and from which {@link parseCase} makes it again. */
export function describeCase({ reviews, mishaps, choice }: SweepCase): string {
  const parts = mishaps.length === 0 ? ['nothing fails'] : mishaps.map(describeMishap);
  if (reviews !== 'approved') parts.unshift(`reviews ${reviews}`);
  if (choice !== undefined) parts.push(`then ${choice}`);
  return parts.join(', ');
}

const mishapForms: readonly (readonly [RegExp, (one: string, two: string, three: string) => Mishap])[] = [
  [/^fail (.+)$/, (call) => ({ kind: 'fail', call })],
  [/^deliver (.+) twice$/, (call) => ({ kind: 'twice', call })],
  [
    /^lose (a|every) reply of (.+) \((killed|timeout)\)$/,
    (which, call, as) => ({ kind: 'lose', call, as: as === 'killed' ? as : 'timeout', always: which === 'every' }),
  ],
  [/^cancel during (.+)$/, (call) => ({ kind: 'cancel', call })],
  [
    /^crash (before|after) checkpoint (\d+)$/,
    (when, after) => ({ kind: 'crash', after: Number(after), unsaved: when === 'before' }),
  ],
];

function parseMishap(text: string): Mishap | undefined {
  for (const [form, make] of mishapForms) {
    const [found, one = '', two = '', three = ''] = form.exec(text) ?? [];
    if (found !== undefined) return make(one, two, three);
  }
  return undefined;
}

/** @throws RangeError for what is no case */
export function parseCase(name: string): SweepCase {
  const parts = name.split(', ');
  const reviews = reviewFates.find((fate) => parts.includes(`reviews ${fate}`)) ?? 'approved';
  const choice = gateChoices.find((chosen) => parts.includes(`then ${chosen}`));
  const known = new Set(['nothing fails', `reviews ${reviews}`, `then ${choice}`]);
  const mishaps = parts
    .filter((part) => !known.has(part))
    .map((part) => {
      const mishap = parseMishap(part);
      if (mishap !== undefined) return mishap;
      throw new RangeError(`only: '${name}' names no case: '${part}' is not known`);
    });
  return { reviews, mishaps, choice };
}
