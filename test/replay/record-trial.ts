import { z } from 'zod';
import { onTestFinished } from 'vitest';
import { defineReview, defineSaga, hours, type SagaDefinition, seconds } from '../../src/saga/index.ts';
import { type ClaimStore, registerSagas } from '../../src/saga/operate.ts';
import { createInMemoryDecisions } from '../../src/testing/in-memory-decisions.ts';
import { createSagaTestHost, expectReplays, recordHistory, type SagaTestHost } from '../../src/testing/index.ts';
import { createWorld, defineWorldActivity, type Item, itemSchema, type World } from '../saga/kit/world.ts';

// One saga that is recorded, and another one of the same name that is held to the record.

const retry = { firstIntervalMs: seconds(1), maxAttempts: 3 };
export const reserve = defineWorldActivity('reserve', { retry });
export const charge = defineWorldActivity('charge', { retry });
export const send = defineWorldActivity('send', { retry });
const activities = [reserve, charge, send];
export const look = defineReview({ name: 'look', decision: z.object({}), withinMs: hours(72), otherwise: 'reject' });
export const glance = defineReview({
  name: 'glance',
  decision: z.object({}),
  withinMs: hours(72),
  otherwise: 'reject',
});

export type Code = Parameters<typeof defineSaga<Item, unknown>>[0]['run'];

const define = (run: Code, version = '1') =>
  defineSaga({ name: 'trial', version, input: itemSchema, reviews: [look, glance], run });

export interface Recording {
  readonly arrange?: (world: World) => void;
  /** What is done to the instance before it is recorded; by default it runs to its end. */
  readonly act?: (host: SagaTestHost, id: string) => Promise<unknown>;
  /** Of host.json. */
  readonly durableTask?: object;
  readonly subSagas?: readonly SagaDefinition[];
  readonly claims?: ClaimStore;
  /** The instance that is recorded; by default the one that was started. */
  readonly of?: string;
}

export const isInReview = ({ customStatus }: { readonly customStatus: unknown }): boolean =>
  (customStatus as { readonly phase: string }).phase === 'in_review';

const bound = (world: World) => activities.map((activity) => activity.bind(world));

export async function record(run: Code, { arrange, act, durableTask, subSagas = [], claims, of }: Recording = {}) {
  const world = createWorld();
  arrange?.(world);
  const saga = define(run);
  const settings = { storeInputsInOrchestrationHistory: true, ...durableTask };
  const hostJson = { version: '2.0', extensions: { durableTask: settings } };
  const sagas = [saga, ...subSagas];
  const host = await createSagaTestHost({
    sagas,
    activities: bound(world),
    hostJson,
    inMemory: true,
    ...(claims && { claims }),
  });
  onTestFinished(() => host.close({ leavesWork: true }));
  const id = await host.startSaga(saga, { item: 'book' }, 'instance-1');
  await (act?.(host, id) ?? host.runToEnd(id));
  return recordHistory(host, of ?? id);
}

export type Today = Pick<Recording, 'subSagas' | 'claims'> & { readonly version?: string };

export const expectReplay = (history: unknown, run: Code, { version, subSagas = [], claims }: Today = {}) =>
  expectReplays(
    () =>
      registerSagas({
        sagas: [define(run, version), ...subSagas],
        activities: bound(createWorld()),
        decisions: createInMemoryDecisions(),
        ...(claims && { claims }),
      }),
    history,
  );

export const steps = (...order: (typeof reserve)[]): Code =>
  function* (saga, item) {
    for (const activity of order) yield* saga.step(activity, item);
  };
