import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { refusedEvent } from '../audit/refusal.ts';
import { parseShown } from '../audit/shown-value.ts';
import type { DurableInstances } from '../azure/durable-instances.ts';
import type { BoundActivity, SagaDefinition } from '../saga/index.ts';
import {
  cancelEvent,
  cancelFunction,
  findSecrets,
  gateFunction,
  redact,
  reviewEvent,
  sagaStatusSchema,
  unvouched,
  withheld,
} from '../saga/operate.ts';

// What the API shows of an instance, trails and their digests included, goes through here. Two things decide. Schemas: what a saga
// or an activity marks is replaced where it stands, and what has no schema here (an orchestration or an activity that this app
// does not know) is withheld as a whole, since nobody vouches for it. And values: a text that was found at a marked place is
// replaced wherever else it stands in what sagas and persons say, as in errors, reasons, and the subject of a review.

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
  const ofTask = new Map(activities.flatMap(carriedByTasks)).set(cancelFunction, { Result: replyOf(z.unknown()) });
  const gateDecision = decisionOf(allOf(activities.map(({ output }) => output)));
  const ledger = z.array(z.union(activities.map(carriedByEntry)));
  /** A bare input, or wrapped in what the API, a parent or the generation before has to say to the saga. */
  const startOf = ({ input }: SagaDefinition): z.ZodType => {
    const engine = z.object({
      commission: z.unknown(),
      carried: z.object({ first: input, ledger }),
      origin: z.unknown(),
    });
    return allOf([payload(input), z.object({ input, $saga: engine.catchall(withheld) })]);
  };
  const outcomeOf = ({ output = z.unknown() }: SagaDefinition): z.ZodType =>
    allOf([payload(output), z.object({ value: output, ledger })]);
  const carriedByRun = (saga: SagaDefinition | undefined): Carried =>
    saga === undefined ? unknownWork : { Input: startOf(saga), Result: outcomeOf(saga) };

  const carriedBy = (event: HistoryEvent, saga: SagaDefinition | undefined): Carried => {
    const { EventType: type } = event;
    // A task under way is an event of its own, by its own name; of one that has ended, the end tells its name.
    const name = String(event['FunctionName'] ?? event['Name']);
    const decision = saga === undefined ? decisionOf(withheld) : gateDecision;
    if (type.startsWith('Task') && name === gateFunction) return { Input: failedGateRequest, Result: decision };
    if (type.startsWith('Task')) return ofTask.get(name) ?? unknownWork;
    if (type.startsWith('SubOrchestration')) return carriedByRun(ofSaga.get(name));
    if (type === 'ExecutionStarted' || type === 'ExecutionCompleted') return carriedByRun(saga);
    return { Input: type === 'EventRaised' ? carriedByEvent(String(event['Name']), saga, decision) : unvouched };
  };

  return (instance) => {
    const saga = ofSaga.get(instance.name);
    const carried =
      saga === undefined
        ? carriedByUnknown(instance)
        : { input: startOf(saga), customStatus: statusOf(unvouched), output: outcomeOf(saga) };
    const events = instance.historyEvents?.map((event) => ({
      event,
      carried: { ...texts, ...carriedBy(event, saga) },
    }));
    const secrets = new Set(secretsIn(instance, carried));
    for (const { event, carried } of events ?? []) for (const secret of secretsIn(event, carried)) secrets.add(secret);
    return {
      ...hide(instance, carried, secrets),
      ...(events && { historyEvents: events.map(({ event, carried }) => hide(event, carried, secrets)) }),
    };
  };
}

/** In which the engine and persons say why. */
const texts: Carried = { Reason: unvouched, Details: unvouched, FailureDetails: unvouched, Data: unvouched };

/** A value that a schema speaks of; what the schema does not mark may still be made of what is marked elsewhere. */
const payload = (schema: z.ZodType): z.ZodType => z.intersection(schema, unvouched);

const allOf = (schemas: readonly z.ZodType[]): z.ZodType =>
  schemas.reduce<z.ZodType>((all, each) => z.intersection(all, each), z.unknown());

const errorTexts = z.object({ message: unvouched, stack: unvouched, cause: unvouched });

// A call's request and reply wrap the values (see the engine's call protocol).

/** It is kept as the list of one argument. */
const requestOf = (shape: z.core.$ZodLooseShape): z.ZodType => {
  const request = z.object(shape);
  return z.union([z.tuple([request]), request]);
};

const replyOf = (value: z.ZodType): z.ZodType => z.object({ value, error: errorTexts });

function carriedByTasks({ name, input, output }: RedactionSources['activities'][number]): [string, Carried][] {
  const done = z.object({ input: payload(input), output: payload(output) });
  return [
    [name, { Input: requestOf({ input: payload(input) }), Result: replyOf(payload(output)) }],
    [`${name}-undo`, { Input: requestOf({ input: done }), Result: replyOf(z.unknown()) }],
  ];
}

const failedGateRequest = requestOf({ error: errorTexts });

/** Whose output the data of a gate's decision stands for is not on record: what any of them marks is replaced. */
const decisionOf = (data: z.ZodType): z.ZodType => z.object({ data: payload(data), reason: unvouched });

const carriedByEntry = ({ name, input, output }: RedactionSources['activities'][number]) =>
  z.object({ activity: z.literal(name), input: payload(input).optional(), output: payload(output).optional() });

const unknownWork: Carried = { Input: withheld, Result: withheld };

const statusOf = (subject: z.ZodType): z.ZodType =>
  z.object({
    error: errorTexts,
    review: z.object({ of: subject }),
    otherReviews: z.array(z.object({ of: subject })),
    ledger: z.array(z.object({ skipped: z.object({ reason: unvouched }) })),
  });

/** Of a saga that this app has no more, the engine's own status is still known. */
const carriedByUnknown = ({ customStatus }: Shown): Carried => ({
  input: withheld,
  output: withheld,
  customStatus: sagaStatusSchema.safeParse(customStatus).success ? statusOf(withheld) : withheld,
});

/** Who decided and why stays readable; what an event carries that no saga waits for does not. */
function carriedByEvent(event: string, saga: SagaDefinition | undefined, decision: z.ZodType): z.ZodType {
  if (event === cancelEvent || event === refusedEvent || event.startsWith('gate:')) return decision;
  if (!event.startsWith(reviewEvent(''))) return withheld;
  const review = saga?.reviews.find(({ name }) => `${event}#`.startsWith(`${reviewEvent(name)}#`));
  return decisionOf(review?.decision ?? withheld);
}

const secretsIn = (holder: object, carried: Carried): string[] =>
  Object.entries(carried).flatMap(([field, schema]) => [...findSecrets(schema, parseShown(valueOf(holder, field)))]);

function hide<H extends object>(holder: H, carried: Carried, secrets: ReadonlySet<string>): H {
  const hidden = Object.entries(carried).flatMap(([field, schema]): [string, unknown][] => {
    const value = valueOf(holder, field);
    const whole = parseShown(value);
    const shown = redact(schema, whole, secrets);
    if (isDeepStrictEqual(shown, whole)) return [];
    return [[field, typeof value === 'string' && typeof shown !== 'string' ? JSON.stringify(shown) : shown]];
  });
  return { ...holder, ...Object.fromEntries(hidden) };
}

const valueOf = (holder: object, field: string): unknown => (holder as Readonly<Record<string, unknown>>)[field];

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
