import { z } from 'zod';
import { type Activity, functionName } from './activity.ts';
import { checkDuration } from './duration.ts';
import { businessError, SagaDefinitionError, SagaFailure } from './errors.ts';
import { type MapOptions, type ResultsOf, runAll, runMap, runRace } from './concurrency.ts';
import { count, type Execution, refuseUndeclaredPivot, report, tell } from './execution.ts';
import { continueAsNew } from './next-generation.ts';
import type { Operation } from './operation.ts';
import { seededFraction, seededId } from './retry.ts';
import { type Approval, openReview, type Question, type Review } from './review.ts';
import { runScope, type ScopeOptions } from './scope.ts';
import { type Attempt, type AttemptOptions, attemptStep, runStep, type StepOptions } from './step.ts';
import { maskSecrets } from './sensitive.ts';
import { type RunOptions, runSubSaga, type SubSaga } from './sub-saga.ts';
import { isSince } from './version.ts';
import { throwIfCancelled, waitUntil } from './wait.ts';

/** What a saga's code works with; `yield*` each operation. */
export interface Saga<I = never> {
  readonly instanceId: string;
  readonly correlationId: string;
  /** A step that must succeed. @throws StepFailed */
  step<I, O>(activity: Activity<I, O>, input: NoInfer<I>, options?: StepOptions): Operation<O>;
  /** A best-effort step: its failure is recorded and returned. */
  attempt<I, O>(activity: Activity<I, O>, input: NoInfer<I>, options?: AttemptOptions): Operation<Attempt<O>>;
  /** Steps that are undone together. */
  scope<T>(name: string, body: () => Operation<T>, options?: ScopeOptions): Operation<T>;
  /** Runs another saga as a part of this one, in an instance of its own. @throws StepFailed, once nothing of it is left */
  run<I, O>(saga: SubSaga<I, O>, input: NoInfer<I>, options?: RunOptions): Operation<O>;
  /** Operations side by side. @throws SagaFailure the first; the others begin nothing more */
  all<const Operations extends readonly Operation<unknown>[]>(operations: Operations): Operation<ResultsOf<Operations>>;
  /** One operation for each item, side by side. @throws SagaFailure the first; the others begin nothing more */
  map<Item, T>(
    items: readonly Item[],
    operate: (item: Item, index: number) => Operation<T>,
    options?: MapOptions,
  ): Operation<T[]>;
  /** The first operation to end; the others are stopped, and what they did is undone. @throws SagaFailure */
  race<T>(operations: readonly Operation<T>[]): Operation<T>;
  /** From here on a failure does not undo: it holds for forward recovery, and a cancel comes too late. */
  pivot(): void;
  /** Asks a person, and reminds of it. @throws ReviewRejected */
  review<D, I = never>(review: Review<D>, question: Question<I>): Operation<Approval<D>>;
  /** Waits for a durable time, in milliseconds. */
  sleep(durationMs: number): Operation<void>;
  /**
   * Goes on in the same instance with an empty history, from the top with another input; what is left to undo is taken along. Not
   * in a scope, nor beside other operations. Of events that arrive at the very moment, the platform may lose some.
   */
  continueAsNew(input: I): Operation<never>;
  /** Fails the saga for a reason of the business. */
  fail(code: string, message: string): never;
  /** A line in the log, once: a replay is silent. */
  log(text: string): void;
  /** How far the saga is, 0 to 100, for those who watch it. @throws SagaDefinitionError for what is no number */
  progress(percent: number): void;
  /** The time of the current episode: the same at every replay. */
  now(): Date;
  /**
   * Whether the instance was begun by this version of the app (`defaultVersion` of host.json) or a later one: what older instances
   * are to do otherwise stands in the other branch.
   */
  since(version: string): boolean;
  /** A UUID, the same at every replay. */
  newId(): string;
  /** In [0, 1), the same at every replay. */
  random(): number;
}

export interface SagaOptions<I, O> {
  /** The orchestrator function's name. */
  readonly name: string;
  /** Of this code; shown in the status, and named by a replay. What old instances are to do otherwise asks `saga.since`. */
  readonly version: string;
  readonly input: z.ZodType<I>;
  /**
   * The saga's deadline, in milliseconds from its start, and again from each start after a rewind: then it is cancelled, unless
   * it is past its pivot. An activity that runs is awaited first. Time in which it only stands at a gate does not count.
   */
  readonly withinMs?: number;
  /** The reviews that the saga opens, so that the API can check answers and render forms. */
  readonly reviews?: readonly Review<unknown>[];
  /** What ties the saga to the request that caused it. Default: the instance id; a sub-saga has its parent's. */
  readonly correlationId?: (input: I) => string;
  /** The distributed trace that the request was part of (W3C `traceparent`). Without it, the instance has a trace of its own. */
  readonly traceparent?: (input: I) => string | undefined;
  readonly run: (saga: Saga<I>, input: I) => Operation<O>;
  /** Runs after the compensation and before the instance fails, again after every rewind that fails; use best-effort steps. */
  readonly onFailed?: (saga: Saga, input: I, failure: SagaFailure) => Operation<void>;
}

/** A saga, ready to be registered. */
export interface SagaDefinition<I = unknown, O = unknown> extends Omit<
  SagaOptions<I, O>,
  'run' | 'onFailed' | 'correlationId' | 'traceparent' | 'reviews'
> {
  readonly reviews: readonly Review<unknown>[];
  readonly output?: z.ZodType<O>;
  /** Joins the saga's code with an input that still has to be checked. @throws SagaDefinitionError */
  prepare(rawInput: unknown): PreparedSaga<O>;
}

export interface PreparedSaga<O> {
  readonly correlationId: string | undefined;
  readonly traceparent: string | undefined;
  run(saga: Saga<unknown>): Operation<O>;
  onFailed(saga: Saga, failure: SagaFailure): Operation<void>;
}

/**
 * Declares a saga: an orchestrator that undoes what it did when it fails. With an `output`, other sagas can run it.
 * @throws SagaDefinitionError when the name is no function name of Azure Functions, the deadline is out of range, or reviews share a name
 */
export function defineSaga<I, O>(
  options: SagaOptions<I, NoInfer<O>> & {
    /** What it returns, as it is after its way through JSON. */
    readonly output: z.ZodType<O>;
  },
): SagaDefinition<I, O> & SubSaga<I, O>;
export function defineSaga<I, O>(options: SagaOptions<I, O> & { readonly output?: never }): SagaDefinition<I, O>;
export function defineSaga<I, O>(
  options: SagaOptions<I, O> & { readonly output?: z.ZodType<O> },
): SagaDefinition<I, O> {
  const { name, version, input, output, withinMs, reviews = [], run, onFailed, correlationId, traceparent } = options;
  if (!functionName.test(name)) {
    throw new SagaDefinitionError(
      `saga '${name}': a name is a letter followed by up to 100 letters, digits, '-' or '_' (a function name of Azure Functions)`,
    );
  }
  if (withinMs !== undefined) checkDuration(`saga '${name}': withinMs`, withinMs);
  refuseRepeatedReviews(name, reviews);
  return {
    name,
    version,
    input,
    reviews,
    ...(output !== undefined && { output }),
    ...(withinMs !== undefined && { withinMs }),
    prepare(rawInput) {
      const parsed = input.safeParse(rawInput);
      if (!parsed.success) {
        const why = z.prettifyError(parsed.error);
        throw new SagaDefinitionError(`the input of saga '${name}' does not fit its schema: ${why}`);
      }
      return {
        correlationId: correlationId?.(parsed.data),
        traceparent: traceparent?.(parsed.data),
        run: (saga) => run(saga, parsed.data),
        *onFailed(saga, failure) {
          if (onFailed !== undefined) yield* onFailed(saga, parsed.data, failure);
        },
      };
    },
  };
}

/** Events, which carry the answers, are told apart without regard to case. */
function refuseRepeatedReviews(saga: string, reviews: readonly Review<unknown>[]): void {
  const keys = reviews.map(({ name }) => name.toLowerCase());
  const repeated = reviews.find(({ name }, n) => keys.indexOf(name.toLowerCase()) < n);
  if (repeated === undefined) return;
  throw new SagaDefinitionError(`saga '${saga}': two reviews are named '${repeated.name}': rename one of them`);
}

export function createSaga(execution: Execution, { reviews, input }: SagaDefinition): Saga<unknown> {
  const { df } = execution;
  return {
    instanceId: df.instanceId,
    correlationId: execution.correlationId,
    step: (activity, input, options) => runStep(execution, activity, input, options),
    attempt: (activity, input, options) => attemptStep(execution, activity, input, options),
    scope: (name, body, options) => runScope(execution, name, body, options),
    run: (saga, input, options) => runSubSaga(execution, saga, input, options),
    *all<const Operations extends readonly Operation<unknown>[]>(operations: Operations) {
      return (yield* runAll(execution, operations)) as ResultsOf<Operations>;
    },
    map: (items, operate, options = {}) => runMap(execution, items, operate, options),
    race: (operations) => runRace(execution, operations),
    pivot() {
      throwIfCancelled(execution);
      refuseUndeclaredPivot(execution);
      execution.pivots.add('declared');
    },
    review(review, question) {
      if (reviews.includes(review)) return openReview(execution, review, question);
      throw new SagaDefinitionError(
        `saga '${execution.saga}' opens review '${review.name}' but does not list it: add it to reviews of defineSaga`,
      );
    },
    continueAsNew: (next) => continueAsNew(execution, input, next),
    sleep: (durationMs) => sleep(execution, durationMs),
    fail(code, message) {
      throw new SagaFailure(businessError('SagaFailure', code, maskSecrets(message, execution.findSecrets())));
    },
    log(text) {
      if (!df.isReplaying) tell(execution, { kind: 'said', text: maskSecrets(text, execution.findSecrets()) });
    },
    progress(percent) {
      if (Number.isNaN(percent)) throw new SagaDefinitionError('saga.progress was given NaN; it takes 0 to 100');
      report(execution, { percent: Math.min(100, Math.max(0, percent)) });
    },
    now: () => new Date(df.currentUtcDateTime),
    since: (version) => isSince(df.version, version),
    newId: () => seededId(`${df.instanceId}/id#${count(execution, 'saga.newId')}`),
    random: () => seededFraction(`${df.instanceId}/random#${count(execution, 'saga.random')}`),
  };
}

function* sleep(execution: Execution, durationMs: number): Operation<void> {
  const since = execution.df.currentUtcDateTime;
  const number = count(execution, 'saga.sleep');
  const due = new Date(since.getTime() + checkDuration('saga.sleep', durationMs));
  report(execution, { phase: 'waiting', step: 'sleep', attempt: undefined, nextAttemptAt: due });
  yield* waitUntil(execution, due);
  tell(execution, { kind: 'slept', number, since });
  report(execution, { phase: 'running', nextAttemptAt: undefined });
}
