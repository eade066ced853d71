import { onTestFinished } from 'vitest';
import type { SagaDefinition } from '../../../src/saga/index.ts';
import { type SagaApp, type SagaAppOptions, startSagaApp } from './saga-app.ts';
import { bindAll, createWorld, type World, type WorldActivity } from './world.ts';

/** An app and its outside world, both gone with the test. */
export async function startTrial(
  sagas: readonly SagaDefinition[],
  activities: readonly WorldActivity[],
  options: Partial<SagaAppOptions> = {},
): Promise<{ readonly app: SagaApp; readonly world: World }> {
  const world = createWorld();
  const bound = [...bindAll(world, activities), ...(options.activities ?? [])];
  const app = await startSagaApp({ ...options, sagas, activities: bound });
  world.now = () => app.now();
  onTestFinished(() => app.close());
  return { app, world };
}
