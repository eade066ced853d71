/** A random orchestration as data: what it does step after step, and what it must come to. */
export type Step =
  | Leaf
  | { readonly kind: 'failure'; readonly id: string }
  | { readonly kind: 'all' | 'any'; readonly steps: readonly Leaf[] }
  | { readonly kind: 'sub'; readonly steps: readonly Step[] }
  | { readonly kind: 'continueAsNew' };

export type Leaf =
  | { readonly kind: 'activity'; readonly id: string }
  | { readonly kind: 'timer'; readonly ms: number }
  | { readonly kind: 'event'; readonly name: string };

export interface Script {
  readonly steps: readonly Step[];
  readonly results: readonly unknown[];
}

export const leafResult = (leaf: Leaf): unknown => {
  switch (leaf.kind) {
    case 'activity':
      return `done ${leaf.id}`;
    case 'event':
      return `raised ${leaf.name}`;
    case 'timer':
      return null;
  }
};

/** What the orchestration returns, however often it was interrupted. */
export const expectedResults = (steps: readonly Step[]): readonly unknown[] =>
  steps.flatMap((step): readonly unknown[] => {
    switch (step.kind) {
      case 'failure':
        return [`caught ${step.id}`];
      case 'all':
        return [step.steps.map(leafResult)];
      case 'any':
        return ['one of them'];
      case 'sub':
        return [expectedResults(step.steps)];
      case 'continueAsNew':
        return [];
      case 'activity':
      case 'event':
      case 'timer':
        return [leafResult(step)];
    }
  });
