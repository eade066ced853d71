import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { refusedEvent } from '../audit/refusal.ts';
import type { DurableInstances } from '../azure/durable-instances.ts';
import type { BoundActivity, SagaDefinition } from '../saga/index.ts';
import {
  cancelEvent,
  cancelFunction,
  findSecrets,
  gateFunction,
  maskSecrets,
  redact,
  reviewEvent,
  sagaStatusSchema,
  withheld,
} from '../saga/operate.ts';

// What the API shows of an instance, trails and their digests included, goes through here. Two things decide. Schemas: what a saga
// or an activity marks is replaced where it stands, and what has no schema here (an orchestration or an activity that this app
// does not know) is withheld as a whole, since nobody vouches for it. And values: a text that was found at a marked place is
// replaced wherever else it stands, as in the saga's output, which has no schema, or in the subject of a review.

export interface RedactionSources {
  readonly sagas: readonly SagaDefinition[];
  readonly activities: readonly Pick<BoundActivity, 'name' | 'input' | 'output'>[];
}

/** An instance as the extension shows it, with its history or without. */
export interface Shown {
  readonly name: string;
  readonly input?: unknown;
  readonly customStatus?: unknown;
  readonly output?: unknown;
  readonly historyEvents?: readonly HistoryEvent[] | undefined;
}

interface HistoryEvent {
  readonly EventType: string;
  readonly [field: string]: unknown;
}

export type Redaction = <I extends Shown>(instance: I) => I;

/** The schemas of what an instance or an event carries, by field; what is not named carries nothing of its own. */
type Carried = Readonly<Record<string, z.ZodType>>;

export function createRedaction({ sagas, activities }: RedactionSources): Redaction {
  const ofSaga = new Map(sagas.map((saga) => [saga.name, saga]));
  const ofTask = new Map(activities.flatMap(carriedByTasks)).set(cancelFunction, {});
  const gateDecision = z.object({ data: joined(activities.map(({ output }) => output)) });
  const ledger = z.array(z.union(activities.map(carriedByEntry)));
  const outcomeOf = ({ output = z.unknown() }: SagaDefinition): z.ZodType =>
    joined([output, z.object({ value: output, ledger })]);
  const carriedByRun = (saga: SagaDefinition | undefined): Carried =>
    saga === undefined ? unknownWork : { Input: startOf(saga), Result: outcomeOf(saga) };

  const carriedBy = (event: HistoryEvent, saga: SagaDefinition | undefined): Carried => {
    const { EventType: type } = event;
    // A task under way is an event of its own, by its own name; of one that has ended, the end tells its name.
    const name = event['FunctionName'] ?? event['Name'];
    const named = typeof name === 'string' ? name : '';
    const decision = saga === undefined ? z.object({ data: withheld }) : gateDecision;
    if (type.startsWith('Task'))
      return named === gateFunction ? { Result: decision } : (ofTask.get(named) ?? unknownWork);
    if (type.startsWith('SubOrchestration')) return carriedByRun(ofSaga.get(named));
    if (type === 'ExecutionStarted' || type === 'ExecutionCompleted') return carriedByRun(saga);
    return type === 'EventRaised' ? { Input: carriedByEvent(String(event['Name']), saga, decision) } : {};
  };

  return (instance) => {
    const saga = ofSaga.get(instance.name);
    const carried = saga === undefined ? carriedByUnknown(instance) : { input: startOf(saga), output: outcomeOf(saga) };
    const events = instance.historyEvents?.map((event) => ({ event, carried: carriedBy(event, saga) }));
    const secrets = new Set(secretsIn(instance, carried));
    for (const { event, carried } of events ?? []) for (const secret of secretsIn(event, carried)) secrets.add(secret);
    const { historyEvents: _, ...rest } = instance;
    return {
      ...instance,
      ...hide(rest, carried, secrets),
      ...(events && { historyEvents: events.map(({ event, carried }) => hide(event, carried, secrets)) }),
    };
  };
}

/** A call's request and reply wrap the values (see the engine's call protocol); a request is kept as the list of one argument. */
function carriedByTasks({ name, input, output }: RedactionSources['activities'][number]): [string, Carried][] {
  const reply = z.object({ value: output });
  return [
    [name, { Input: requestWith(input), Result: reply }],
    [`${name}-undo`, { Input: requestWith(z.object({ input, output })), Result: reply }],
  ];
}

const requestWith = (input: z.ZodType): z.ZodType => {
  const request = z.object({ input });
  return z.union([z.tuple([request]), request]);
};

/** A client sends the bare input; what the engine wraps it in to pass on is its own business. */
const startOf = ({ input }: SagaDefinition): z.ZodType =>
  joined([input, z.object({ input, $saga: z.object({ commission: z.unknown() }).catchall(withheld) })]);

const carriedByEntry = ({ name, input, output }: RedactionSources['activities'][number]) =>
  z.object({ activity: z.literal(name), input: input.optional(), output: output.optional() });

const unknownWork: Carried = { Input: withheld, Result: withheld };

/** Of a saga that this app has no more, the engine's own status is still known. */
const carriedByUnknown = ({ customStatus }: Shown): Carried => ({
  input: withheld,
  output: withheld,
  customStatus: sagaStatusSchema.safeParse(customStatus).success
    ? z.object({ review: z.object({ of: withheld }) })
    : withheld,
});

/** Whose output the data of a gate's decision stands for is not on record: what any of them marks is replaced. */
const joined = (schemas: readonly z.ZodType[]): z.ZodType =>
  schemas.reduce<z.ZodType>((all, each) => z.intersection(all, each), z.unknown());

/** Who decided and why stays readable; what an event carries that no saga waits for does not. */
function carriedByEvent(event: string, saga: SagaDefinition | undefined, decision: z.ZodType): z.ZodType {
  if (event === cancelEvent || event === refusedEvent || event.startsWith('gate:')) return decision;
  if (!event.startsWith(reviewEvent(''))) return withheld;
  const review = saga?.reviews.find(({ name }) => `${event}#`.startsWith(`${reviewEvent(name)}#`));
  return z.object({ data: review?.decision ?? withheld });
}

const secretsIn = (holder: object, carried: Carried): string[] =>
  Object.entries(carried).flatMap(([field, schema]) => [...findSecrets(schema, parsed(valueOf(holder, field)))]);

function hide<H extends object>(holder: H, carried: Carried, secrets: ReadonlySet<string>): H {
  const shown = Object.entries(holder).map(([field, value]: [string, unknown]): [string, unknown] => {
    const schema = carried[field];
    const whole = parsed(value);
    const hidden = maskSecrets(schema === undefined ? whole : redact(schema, whole), secrets);
    if (isDeepStrictEqual(hidden, whole)) return [field, value];
    return [field, typeof value === 'string' && typeof hidden !== 'string' ? JSON.stringify(hidden) : hidden];
  });
  return Object.fromEntries(shown) as H;
}

const valueOf = (holder: object, field: string): unknown => (holder as Readonly<Record<string, unknown>>)[field];

/** The extension shows some values as JSON texts, others parsed. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** The same instances, of which nothing sensitive can be read. */
export function redactInstances(instances: DurableInstances, redaction: Redaction): DurableInstances {
  return {
    ...instances,
    async get(id, options) {
      const instance = await instances.get(id, options);
      return instance && redaction(instance);
    },
    list: async (query) => (await instances.list(query)).map(redaction),
    async history(id) {
      const text = await instances.history(id);
      if (text === undefined) return undefined;
      const whole = JSON.parse(text) as Shown;
      const shown = redaction(whole);
      return isDeepStrictEqual(shown, whole) ? text : JSON.stringify({ ...shown, redacted: true });
    },
  };
}
