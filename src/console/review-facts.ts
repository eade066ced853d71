import { keyOf, nameOf, type SchemaField, type Texts } from './schema-fields.ts';
import { isObject } from './step-runs.ts';

/** Something that was found, and how sure the one is who found it. */
export interface Fact {
  readonly value: unknown;
  readonly confidence: number | undefined;
  readonly cues: readonly string[];
}

export interface ReviewFacts {
  readonly fields: Readonly<Record<string, Fact>>;
  readonly doubts: readonly string[];
  /** What else the question is about. */
  readonly others: Readonly<Record<string, unknown>>;
}

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** What a review is of: `fields` with confidence and `doubts`, where there are any, stand out from the rest. */
export function readFacts(of: unknown): ReviewFacts {
  if (!isObject(of)) return { fields: {}, doubts: [], others: of === undefined ? {} : { subject: of } };
  const { fields, doubts, ...others } = of;
  const found = isObject(fields) ? Object.entries(fields).flatMap(([name, field]) => factOf(name, field)) : [];
  return { fields: Object.fromEntries(found), doubts: textsIn(doubts), others };
}

function factOf(name: string, field: unknown): [string, Fact][] {
  if (!isObject(field) || !('value' in field)) return [];
  const { value, confidence, cues } = field;
  return [[name, { value, confidence: typeof confidence === 'number' ? confidence : undefined, cues: textsIn(cues) }]];
}

/** What a form begins with: the facts of the same name. */
export function prefill(fields: readonly SchemaField[], facts: ReviewFacts): Texts {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const name = nameOf(field);
      const value = facts.fields[name]?.value ?? facts.others[name];
      if (value === undefined || value === null) return [];
      return [[keyOf(field), typeof value === 'string' ? value : JSON.stringify(value)]];
    }),
  );
}

/** Names and values to read, those of an object within named after it: `customer.email`. */
export function flatten(facts: Readonly<Record<string, unknown>>): [name: string, value: unknown][] {
  return Object.entries(facts).flatMap(([name, value]) =>
    isObject(value)
      ? flatten(value).map(([within, one]): [string, unknown] => [`${name}.${within}`, one])
      : [[name, value]],
  );
}

/** `totalAmount: only 22 % sure` belongs to `totalAmount`. */
export function doubtOf(name: string, { doubts }: ReviewFacts): string | undefined {
  const prefix = `${name}: `;
  return doubts.find((doubt) => doubt.startsWith(prefix))?.slice(prefix.length);
}
