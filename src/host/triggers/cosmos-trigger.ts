import type { Container } from '@azure/cosmos';
import { readSetting } from '../bindings/read-setting.ts';
import type { AppFunction, Binding } from '../worker/contract.ts';
import { type CosmosLease, openCosmosLease } from './cosmos-leases.ts';
import { invokeWithRetry } from './invoke-with-retry.ts';
import type { RunningTrigger, ServiceTriggerContext } from './trigger.ts';

/** Those of the extension. */
const defaults = { feedPollDelayMs: 5_000, maxItemsPerInvocation: 100 };

const notModified = 304;

interface FeedOptions {
  readonly feedPollDelayMs: number;
  readonly maxItemsPerInvocation: number;
  readonly startFromBeginning: boolean;
  readonly startFromTime: Date | undefined;
}

function readOptions(trigger: Binding): FeedOptions {
  const { feedPollDelay, maxItemsPerInvocation, startFromBeginning, startFromTime, changeFeedMode } = trigger;
  if (changeFeedMode !== undefined && changeFeedMode !== 'LatestVersion') {
    throw new Error(`its changeFeedMode is ${JSON.stringify(changeFeedMode)}; this host reads "LatestVersion" alone.`);
  }
  const time = typeof startFromTime === 'string' ? new Date(startFromTime) : undefined;
  if (time && Number.isNaN(time.getTime()))
    throw new Error(`its startFromTime is "${String(startFromTime)}", which is no time.`);
  return {
    feedPollDelayMs: typeof feedPollDelay === 'number' ? feedPollDelay : defaults.feedPollDelayMs,
    maxItemsPerInvocation:
      typeof maxItemsPerInvocation === 'number' ? maxItemsPerInvocation : defaults.maxItemsPerInvocation,
    startFromBeginning: startFromBeginning === true,
    startFromTime: time,
  };
}

/**
 * Gives a function the changes of a container, in order, and keeps where it stands after each call. As on Azure, what a
 * function fails with is not given again unless it has a retry policy.
 *
 * @throws for a setting that is missing or not valid, and where there is no lease container.
 */
export async function startCosmosTrigger(
  fn: AppFunction,
  trigger: Binding,
  context: ServiceTriggerContext,
): Promise<RunningTrigger> {
  const read = (name: string) => readSetting(trigger, name, context.env);
  const options = readOptions(trigger);
  const client = await context.clients.cosmos(read('connection'));
  const container = client.database(read('databaseName')).container(read('containerName'));
  const lease = await openCosmosLease(fn, trigger, context);
  return follow({ fn, trigger, container, lease, options, context });
}

interface Feed {
  readonly fn: AppFunction;
  readonly trigger: Binding;
  readonly container: Container;
  readonly lease: CosmosLease;
  readonly options: FeedOptions;
  readonly context: ServiceTriggerContext;
}

async function openIterator(container: Container, continuation: string | undefined, options: FeedOptions) {
  const { ChangeFeedStartFrom } = await import('@azure/cosmos');
  const { startFromBeginning, startFromTime, maxItemsPerInvocation } = options;
  const start = startFromBeginning
    ? ChangeFeedStartFrom.Beginning()
    : startFromTime
      ? ChangeFeedStartFrom.Time(startFromTime)
      : ChangeFeedStartFrom.Now();
  return container.items.getChangeFeedIterator<object>({
    maxItemCount: maxItemsPerInvocation,
    changeFeedStartFrom: continuation === undefined ? start : ChangeFeedStartFrom.Continuation(continuation),
  });
}

function follow({ fn, trigger, container, lease, options, context }: Feed): RunningTrigger {
  const { clock, log } = context;
  const stopping = new AbortController();
  const { signal } = stopping;
  let wake: (() => void) | undefined;

  const pause = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.at(clock.now() + options.feedPollDelayMs, resolve);
    wake = () => {
      cancel();
      resolve();
    };
    if (signal.aborted) wake();
    return promise;
  };
  /** False when it was cut off, and is to be given again. */
  const call = async (documents: readonly object[]): Promise<boolean> => {
    const inputs = new Map([[trigger.name, { json: JSON.stringify(documents) }]]);
    const retry = { ...context, policy: fn.retry, signal };
    const result = await invokeWithRetry({ functionName: fn.name, inputs }, retry);
    return result.ok || !signal.aborted;
  };
  const readOn = async () => {
    const iterator = await openIterator(container, await lease.read(), options);
    while (!signal.aborted) {
      const page = await iterator.readNext();
      const isChange = page.statusCode !== notModified && page.result.length > 0;
      if (isChange && !(await call(page.result))) return;
      await lease.write(page.continuationToken);
      if (!isChange) await pause();
    }
  };
  const run = async () => {
    let lastTrouble: string | undefined;
    while (!signal.aborted) {
      try {
        await readOn();
      } catch (error) {
        const { message } = error as Error;
        if (message !== lastTrouble) log('warning', `Function.${fn.name}`, `Cosmos DB: ${message}`);
        lastTrouble = message;
        await pause();
      }
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      wake?.();
      await running;
    },
  };
}
