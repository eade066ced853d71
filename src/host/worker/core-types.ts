/**
 * The shapes in which `@azure/functions` speaks to `@azure/functions-core` (types-core/index.d.ts of the Node.js worker),
 * as far as the library makes use of them. Enumerations are strings there, as here.
 */
import type { LogLevel } from '../log.ts';
import type { InputData, TypedData } from './contract.ts';

export type CoreTypedData = Exclude<TypedData, undefined> | { readonly http: CoreHttpData };

type CoreInput = CoreTypedData | Exclude<InputData, undefined>;

interface NullableValue<T> {
  readonly value?: T | null;
}

type NullableMap = Readonly<Record<string, NullableValue<string>>>;

export interface CoreHttpCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: NullableValue<string>;
  readonly path?: NullableValue<string>;
  readonly expires?: NullableValue<{ readonly seconds: number }>;
  readonly secure?: NullableValue<boolean>;
  readonly httpOnly?: NullableValue<boolean>;
  readonly sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
  readonly maxAge?: NullableValue<number>;
}

export interface CoreHttpData {
  readonly method?: string;
  readonly url?: string;
  readonly nullableHeaders?: NullableMap;
  readonly nullableParams?: NullableMap;
  readonly nullableQuery?: NullableMap;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly bytes?: Uint8Array; readonly string?: string };
  readonly statusCode?: string;
  readonly cookies?: readonly CoreHttpCookie[];
}

interface CoreDuration {
  readonly seconds?: number;
  readonly nanos?: number;
}

export interface CoreRetryOptions {
  readonly retryStrategy?: 'exponentialBackoff' | 'fixedDelay';
  readonly maxRetryCount?: number;
  readonly delayInterval?: CoreDuration;
  readonly minimumInterval?: CoreDuration;
  readonly maximumInterval?: CoreDuration;
}

export interface CoreBinding {
  readonly type: string;
  readonly direction: 'in' | 'out' | 'inout';
  readonly [setting: string]: unknown;
}

export interface FunctionMetadata {
  readonly name: string;
  readonly functionId?: string;
  readonly bindings: Readonly<Record<string, CoreBinding>>;
  readonly retryOptions?: CoreRetryOptions;
}

export type FunctionCallback = (...args: unknown[]) => unknown;

export type LogCategory = 'user' | 'system' | 'customMetric';

export interface CoreInvocationRequest {
  readonly invocationId: string;
  readonly functionId: string;
  readonly inputData: readonly { readonly name: string; readonly data: CoreInput | undefined }[];
  readonly triggerMetadata: Readonly<Record<string, CoreTypedData | undefined>>;
  readonly traceContext?: { readonly traceParent: string; readonly traceState: string; readonly attributes: object };
  readonly retryContext?: object;
}

export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly request: CoreInvocationRequest;
  readonly metadata: FunctionMetadata;
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

export interface CoreInvocationResponse {
  readonly returnValue?: CoreTypedData | null;
  readonly outputData?: readonly { readonly name: string; readonly data: CoreTypedData }[];
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<CoreInvocationResponse>;
}

export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
  getCapabilities?(defaults: Record<string, string>): Record<string, string> | Promise<Record<string, string>>;
}

export type HookData = Record<string, unknown>;

export interface HookContext {
  readonly hookData: HookData;
  readonly appHookData: HookData;
}

export type HookCallback = (context: HookContext) => unknown;
