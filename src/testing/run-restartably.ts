import { type RunningFunctions, runFunctions } from '../host/run-functions.ts';
import type { Invoke } from '../host/worker/contract.ts';
import { type CrashOptions, createCrashPoint } from './crash-point.ts';
import { countInvocations } from './invocation-count.ts';
import type { openHostParts } from './open-host-parts.ts';

/** An app's functions on an engine that can be ended and started again on its file. */
export interface RestartableFunctions extends Pick<RunningFunctions, 'functions' | 'manage' | 'stop'> {
  readonly restart: () => Promise<void>;
  crashAfter(k: number, options?: CrashOptions): void;
  readonly functionsRun: () => number;
  /** Lets everything happen that needs no time. */
  readonly settle: () => Promise<void>;
}

export interface RestartOptions {
  readonly restartsAlways: boolean;
  /** Stands between the engine and the app. */
  readonly intercept: (invocation: Parameters<Invoke>[0], next: Invoke) => ReturnType<Invoke>;
}

export async function runRestartably(
  opened: Awaited<ReturnType<typeof openHostParts>>,
  { restartsAlways, intercept }: RestartOptions,
): Promise<RestartableFunctions> {
  let { worker } = opened.parts;
  const crash = createCrashPoint(opened.parts.clock, (invocation) => intercept(invocation, worker.invoke));
  const count = countInvocations(crash.invoke);
  const parts = { ...opened.parts, clock: crash.clock, worker: { ...worker, invoke: count.invoke } };
  let running = await runFunctions(parts);
  let restarted = Promise.resolve();
  const haltAndRun = async () => {
    await running.halt();
    crash.recover();
    running = await runFunctions(parts);
  };
  const restart = () => (restarted = haltAndRun());
  return {
    functions: running.functions,
    // A function that runs on through a restart may ask: it waits for the engine to be there again.
    async manage(request) {
      await restarted;
      return running.manage(request);
    },
    stop: (graceMs) => running.stop(graceMs),
    restart,
    crashAfter: (k, options = {}) => crash.arm(k, options),
    functionsRun: count.ended,
    settle: () =>
      count.settle(async (hasRun) => {
        const hasCrashed = crash.isDown();
        if (hasCrashed) worker = await opened.loadApp();
        if (hasCrashed || (restartsAlways && hasRun)) await restart();
        return hasCrashed;
      }),
  };
}
