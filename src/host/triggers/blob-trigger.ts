import type { ContainerClient } from '@azure/storage-blob';
import { readSetting } from '../bindings/read-setting.ts';
import type { BlobSettings } from '../host-json.ts';
import type { AppFunction, Binding } from '../worker/contract.ts';
import { type BlobPattern, parseBlobPattern } from './blob-pattern.ts';
import { type BlobReceipts, openBlobReceipts } from './blob-receipts.ts';
import { createBlobRunner, type RunBlob } from './run-blob.ts';
import type { RunningTrigger, ServiceTriggerContext } from './trigger.ts';

/** How often containers are looked through: what a storage account on this machine answers easily. */
const pollIntervalMs = 1_000;

const isMissing = (error: unknown) => (error as { readonly statusCode?: unknown }).statusCode === 404;

export interface BlobTriggers {
  /** @throws for a path or a setting that is not valid. */
  start(fn: AppFunction, trigger: Binding): Promise<RunningTrigger>;
  /** BlobCreated events for a function whose source is Event Grid; undefined where there is no such function. */
  readonly deliver: (functionName: string, events: readonly unknown[]) => Promise<boolean | undefined>;
  close(): void;
}

export function createBlobTriggers(
  dataDir: string,
  settings: BlobSettings,
  context: ServiceTriggerContext,
): BlobTriggers {
  let receipts: BlobReceipts | undefined;
  const byEvents = new Map<string, { readonly pattern: BlobPattern; readonly run: RunBlob }>();
  const stopping = new AbortController();
  return {
    async start(fn, trigger) {
      const pattern = parseBlobPattern(readSetting(trigger, 'path', context.env));
      const client = await context.clients.blobs(readSetting(trigger, 'connection', context.env));
      const container = client.getContainerClient(pattern.container);
      receipts ??= openBlobReceipts(dataDir);
      const run = createBlobRunner({ ...context, fn, trigger, pattern, container, receipts, settings });
      if (trigger['source'] !== 'EventGrid') return poll({ fn, pattern, container, receipts, run, settings, context });
      byEvents.set(fn.name.toLowerCase(), { pattern, run });
      return { stop: async () => stopping.abort() };
    },
    async deliver(functionName, events) {
      const found = byEvents.get(functionName.toLowerCase());
      if (!found) return undefined;
      const names = events.flatMap((event) => findCreatedBlob(event, found.pattern.container));
      const results = await Promise.all(names.map((name) => found.run(name, stopping.signal)));
      return results.every(Boolean);
    },
    close: () => receipts?.close(),
  };
}

interface StorageEvent {
  readonly eventType?: string;
  readonly type?: string;
  readonly subject?: string;
}

function findCreatedBlob(event: unknown, container: string): readonly string[] {
  const { eventType, type = eventType, subject = '' } = event as StorageEvent;
  const start = `/blobServices/default/containers/${container}/blobs/`;
  return type === 'Microsoft.Storage.BlobCreated' && subject.startsWith(start) ? [subject.slice(start.length)] : [];
}

interface Poll {
  readonly fn: AppFunction;
  readonly pattern: BlobPattern;
  readonly container: ContainerClient;
  readonly receipts: BlobReceipts;
  readonly run: RunBlob;
  readonly settings: BlobSettings;
  readonly context: ServiceTriggerContext;
}

/** Looks for blobs without a receipt, again and again: one round ends before the next begins. */
function poll({ fn, pattern, container, receipts, run, settings, context }: Poll): RunningTrigger {
  const { clock, log } = context;
  const stopping = new AbortController();
  const { signal } = stopping;
  let cancel: (() => void) | undefined;
  let lastTrouble: string | undefined;

  const findNew = async () => {
    const names: string[] = [];
    for await (const { name, properties } of container.listBlobsFlat({ prefix: pattern.prefix, abortSignal: signal })) {
      // The listing has the ETag without its quotation marks.
      if (pattern.match(name) && !receipts.has(fn.name, name, `"${properties.etag.replaceAll('"', '')}"`))
        names.push(name);
    }
    return names;
  };
  const runAll = async (names: readonly string[]) => {
    const waiting = names.values();
    const work = async () => {
      for (const name of waiting) if (!signal.aborted) await run(name, signal);
    };
    await Promise.all(Array.from({ length: Math.min(settings.maxDegreeOfParallelism, names.length) }, work));
  };
  const look = async () => {
    try {
      await runAll(await findNew());
      lastTrouble = undefined;
    } catch (error) {
      const { message } = error as Error;
      // A container or blob that is not there may come, or is gone.
      if (signal.aborted || isMissing(error) || message === lastTrouble) return;
      log('warning', `Function.${fn.name}`, `Blob storage: ${message}`);
      lastTrouble = message;
    }
  };
  const round = async (): Promise<void> => {
    await look();
    if (signal.aborted) return;
    cancel = clock.at(clock.now() + pollIntervalMs, () => {
      running = round();
    });
  };
  let running = round();
  return {
    async stop() {
      stopping.abort();
      cancel?.();
      await running;
    },
  };
}
