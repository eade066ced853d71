/**
 * What the host asks of the thread that runs the app, in the shapes of the Functions worker protocol
 * (azure-functions-language-worker-protobuf, FunctionRpc.proto), so that neither side knows how the other is made.
 */

/** A value that crosses the worker boundary; `undefined` stands for the protocol's empty TypedData. */
export type TypedData =
  | { readonly string: string }
  | { readonly json: string }
  | { readonly bytes: Uint8Array }
  | { readonly int: number }
  | { readonly double: number }
  | undefined;

/** One binding of a function as the app declared it (`httpTrigger`, `orchestrationTrigger`, `durableClient`, …). */
export interface Binding {
  readonly name: string;
  readonly type: string;
  readonly direction: 'in' | 'out' | 'inout';
  readonly [setting: string]: unknown;
}

export interface AppFunction {
  readonly id: string;
  readonly name: string;
  readonly bindings: readonly Binding[];
}

/** The part of an invocation that the durable engine uses. HTTP requests travel in a form of their own. */
export interface Invocation {
  readonly functionName: string;
  readonly invocationId: string;
  /** By binding name; bindings that are absent arrive as empty TypedData. */
  readonly inputs: ReadonlyMap<string, TypedData>;
  readonly triggerMetadata?: ReadonlyMap<string, TypedData>;
}

export interface WorkerException {
  readonly message: string;
  readonly stackTrace: string;
  readonly source: string;
}

export type InvocationResult =
  | { readonly ok: true; readonly returnValue: TypedData; readonly outputs: ReadonlyMap<string, TypedData> }
  | { readonly ok: false; readonly exception: WorkerException };

/** Never rejects for a failure of the app's own code; rejects when the worker itself is gone. */
export type Invoke = (invocation: Invocation) => Promise<InvocationResult>;
