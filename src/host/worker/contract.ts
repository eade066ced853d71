/**
 * What the host asks of the thread that runs the app, in the shapes of the Functions worker protocol
 * (azure-functions-language-worker-protobuf, FunctionRpc.proto), so that neither side knows how the other is made.
 */

/** A value that crosses the worker boundary; `undefined` stands for the protocol's empty TypedData. */
export type TypedData =
  | {
      readonly string: string;
      /** The same text in parts, where most of it has been sent before. */
      readonly replay?: ReplayBody;
    }
  | { readonly json: string }
  | { readonly bytes: Uint8Array }
  | { readonly int: number }
  | { readonly double: number }
  | undefined;

/**
 * The body of an orchestrator's call, in parts: a thread that has been called with the beginning of a history needs no more than the
 * rest of it.
 */
export interface ReplayBody {
  /** What earlier calls have seen. */
  readonly settled: SettledHistory;
  /** What is new: JSON texts of events, separated by commas. */
  readonly fresh: string;
  /** JSON text, the same in every call. */
  readonly input: string;
  /** JSON text of an object: everything else. */
  readonly rest: string;
}

/** Grows at its end and does not change otherwise; an object stands for one such history. */
export interface SettledHistory {
  /** Events. */
  readonly length: number;
  /** JSON texts of the events from this one on, separated by commas. */
  textFrom(first: number): string;
}

/** What a function is given; only triggers give several values of bytes. */
export type InputData = TypedData | { readonly collectionBytes: { readonly bytes: readonly Uint8Array[] } };

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
  readonly retry?: RetryPolicy;
}

/** A function's own retry policy, in milliseconds. */
export type RetryPolicy =
  | { readonly strategy: 'fixedDelay'; readonly maxRetryCount: number; readonly delay: number }
  | {
      readonly strategy: 'exponentialBackoff';
      readonly maxRetryCount: number;
      readonly minimum: number;
      readonly maximum: number;
    };

export interface HttpRequestData {
  readonly method: string;
  /** Absolute, as the client sees it. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Route parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** Absent where there is none, and where the app takes bodies as streams over its own port. */
  readonly body?: Uint8Array;
}

export interface HttpCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: string;
  readonly path?: string;
  /** Milliseconds since the Unix epoch. */
  readonly expires?: number;
  readonly secure?: boolean;
  readonly httpOnly?: boolean;
  readonly sameSite?: 'Lax' | 'Strict' | 'None';
  /** Seconds. */
  readonly maxAge?: number;
}

export interface HttpResponseData {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly HttpCookie[];
  readonly body: Uint8Array;
}

/** Of an execution that repeats a failed one. */
export interface RetryContext {
  readonly retryCount: number;
  readonly maxRetryCount: number;
  readonly exception: WorkerException;
}

export interface Invocation {
  readonly functionName: string;
  readonly invocationId: string;
  /** By binding name; bindings that are absent arrive as empty TypedData. */
  readonly inputs: ReadonlyMap<string, InputData>;
  readonly triggerMetadata?: ReadonlyMap<string, TypedData>;
  /** The value of the function's httpTrigger binding. */
  readonly http?: HttpRequestData;
  /** W3C `traceparent`. */
  readonly traceParent?: string;
  readonly retryContext?: RetryContext;
}

export interface WorkerException {
  /** Of those that are the host's own. */
  readonly type?: 'FunctionTimeoutException';
  readonly message: string;
  readonly stackTrace: string;
  readonly source: string;
}

export type InvocationResult =
  | {
      readonly ok: true;
      readonly returnValue: TypedData;
      readonly outputs: ReadonlyMap<string, TypedData>;
      /** Of an orchestrator that goes on: so many actions of its last answer stand before those in `returnValue`. */
      readonly keptActions?: number;
      /** What an HTTP function answered; `streamed` when it went over the app's own port, absent when it returned nothing. */
      readonly http?: HttpResponseData | 'streamed';
    }
  | { readonly ok: false; readonly exception: WorkerException };

/** Never rejects for a failure of the app's own code; rejects when the worker itself is gone. */
export type Invoke = (invocation: Invocation) => Promise<InvocationResult>;
