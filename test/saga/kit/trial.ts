import { describe, onTestFinished } from 'vitest';
import {
  defineSaga,
  type Operation,
  type Saga,
  type SagaDefinition,
  type SagaFailure,
} from '../../../src/saga/index.ts';
import type { Review } from '../../../src/saga/operate.ts';
import { type Instance, type SagaApp, type SagaAppOptions, startSagaApp } from './saga-app.ts';
import { createWorld, type Item, itemSchema, type World, type WorldActivity } from './world.ts';

export interface TrialOptions extends Partial<Omit<SagaAppOptions, 'sagas' | 'activities'>> {
  readonly reviews?: readonly Review<unknown>[];
  readonly withinMs?: number;
  /** Sagas that it runs. */
  readonly subSagas?: readonly SagaDefinition[];
  readonly onFailed?: (saga: Saga, item: Item, failure: SagaFailure) => Operation<void>;
}

/** One saga with its outside world, both gone with the test. */
export interface Trial {
  readonly app: SagaApp;
  readonly world: World;
  /** Starts the saga. */
  start(): Promise<string>;
  /** Starts the saga and jumps to its end. */
  run(): Promise<{ readonly id: string; readonly end: Instance }>;
}

export type StartTrial = (
  activities: readonly WorldActivity[],
  run: (saga: Saga<Item>, item: Item) => Operation<unknown>,
  options?: TrialOptions,
) => Promise<Trial>;

const startTrial: StartTrial = async (activities, run, options = {}) => {
  const { reviews, withinMs, onFailed, subSagas = [], ...appOptions } = options;
  const saga = defineSaga({
    name: 'trial',
    version: '1',
    input: itemSchema,
    run,
    ...(reviews && { reviews }),
    ...(withinMs !== undefined && { withinMs }),
    ...(onFailed && { onFailed }),
  });
  const world = createWorld();
  const bound = activities.map((activity) => activity.bind(world));
  const app = await startSagaApp({ ...appOptions, sagas: [saga, ...subSagas], activities: bound });
  world.now = () => app.now();
  onTestFinished(() => app.close());
  const start = () => app.start(saga, { item: 'book' });
  return {
    app,
    world,
    start,
    async run() {
      const id = await start();
      return { id, end: await app.runToEnd(id) };
    },
  };
};

/** Runs every test twice: on an engine that goes on, and on one that is stopped and started after each function. */
export const onEveryEngine = (tests: (start: StartTrial) => void): void => {
  describe('on an engine that goes on', () => {
    tests(startTrial);
  });
  describe('on an engine that is restarted after every function', () => {
    tests((activities, run, options) => startTrial(activities, run, { restartsAlways: true, ...options }));
  });
};
