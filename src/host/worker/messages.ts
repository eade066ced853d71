import type { LogLevel } from '../log.ts';
import type { AppFunction, Invocation, InvocationResult } from './contract.ts';
import type { SentReplay } from './replay-ledger.ts';

/** Given to the thread when it is made. */
export interface AppThreadData {
  readonly appDir: string;
  readonly entryPoints: readonly string[];
  /** Here the thread writes the number of the latest call that it has taken up. */
  readonly begun: Int32Array<SharedArrayBuffer>;
}

export type ToAppThread =
  | {
      readonly kind: 'invoke';
      readonly call: number;
      readonly invocation: Invocation;
      /** Of an orchestrator, in the place of its trigger's value. */
      readonly replay?: SentReplay;
    }
  | { readonly kind: 'rest' }
  | { readonly kind: 'terminate' };

export interface LoadedApp {
  readonly functions: readonly AppFunction[];
  /** Where the app takes HTTP requests as streams (`app.setup({ enableHttpStream: true })`). */
  readonly httpStreamUri?: string;
}

export type FromAppThread =
  | { readonly kind: 'loaded'; readonly app: LoadedApp }
  | { readonly kind: 'loadFailed'; readonly message: string; readonly stack: string }
  | { readonly kind: 'result'; readonly call: number; readonly result: InvocationResult }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly category: string; readonly message: string };

/** What to transfer of a body: all of it if it has a buffer of its own, nothing (so a copy) if it is a view on a shared one. */
export function wholeBuffer(body: Uint8Array | undefined): ArrayBuffer[] {
  return body?.buffer instanceof ArrayBuffer && body.byteLength === body.buffer.byteLength ? [body.buffer] : [];
}
