import type { ContainerClient } from '@azure/storage-blob';
import type { BlobSettings } from '../host-json.ts';
import type { AppFunction, Binding, InvocationResult, TypedData } from '../worker/contract.ts';
import type { BlobPattern } from './blob-pattern.ts';
import type { BlobReceipts } from './blob-receipts.ts';
import type { TriggerContext } from './trigger.ts';

export interface BlobRunnerOptions extends TriggerContext {
  readonly fn: AppFunction;
  readonly trigger: Binding;
  readonly pattern: BlobPattern;
  readonly container: ContainerClient;
  readonly receipts: BlobReceipts;
  readonly settings: BlobSettings;
}

/** True when the function has now had this version of the blob, in whatever way; false where it is to be given again. */
export type RunBlob = (name: string, signal: AbortSignal) => Promise<boolean>;

const json = (value: unknown): TypedData => ({ json: JSON.stringify(value) });

/** Gives a blob to its function, again at once where it fails, and gives up after the attempts that host.json allows. */
export function createBlobRunner(options: BlobRunnerOptions): RunBlob {
  const { fn, trigger, pattern, container, receipts, settings, invoke, newId, log } = options;
  const attempt = async (name: string, parameters: Readonly<Record<string, string>>) => {
    const blob = container.getBlobClient(name);
    const response = await blob.download();
    const { metadata = {}, contentType, contentLength, etag = '', lastModified } = response;
    if (receipts.has(fn.name, name, etag)) return { etag, result: undefined };
    const bytes = await blob.downloadToBuffer(0, undefined, { conditions: { ifMatch: etag } });
    const result: InvocationResult = await invoke({
      functionName: fn.name,
      invocationId: newId(),
      inputs: new Map([
        [trigger.name, trigger['dataType'] === 'string' ? { string: bytes.toString('utf8') } : { bytes }],
      ]),
      triggerMetadata: new Map<string, TypedData>([
        ['BlobTrigger', { string: `${pattern.container}/${name}` }],
        ['Uri', { string: blob.url }],
        ['Properties', json({ contentType, contentLength, etag, lastModified })],
        ['Metadata', json(metadata)],
        ...Object.entries(parameters).map(([key, value]) => [key, { string: value }] as const),
      ]),
    });
    return { etag, result };
  };
  return async (name, signal) => {
    const parameters = pattern.match(name);
    if (!parameters) return true;
    for (let count = 1; count <= settings.poisonBlobThreshold; count += 1) {
      const { etag, result } = await attempt(name, parameters);
      if (result === undefined) return true;
      if (!result.ok && signal.aborted) return false;
      const isLast = count === settings.poisonBlobThreshold;
      if (!result.ok && isLast) {
        log(
          'error',
          `Function.${fn.name}`,
          `Blob ${pattern.container}/${name} failed ${count} times and is left alone.`,
        );
      }
      if (result.ok || isLast) receipts.add(fn.name, name, etag);
      if (result.ok) return true;
    }
    return true;
  };
}
