import type {
  AppFunction,
  HttpCookie,
  HttpRequestData,
  HttpResponseData,
  Invocation,
  RetryPolicy,
  TypedData,
} from './contract.ts';
import type {
  CoreHttpCookie,
  CoreHttpData,
  CoreInvocationRequest,
  CoreRetryOptions,
  CoreTypedData,
  FunctionMetadata,
} from './core-types.ts';

const milliseconds = (duration: CoreRetryOptions['delayInterval']) =>
  (duration?.seconds ?? 0) * 1000 + (duration?.nanos ?? 0) / 1e6;

function toRetryPolicy(options: CoreRetryOptions): RetryPolicy {
  const maxRetryCount = options.maxRetryCount ?? -1;
  return options.retryStrategy === 'exponentialBackoff'
    ? {
        strategy: 'exponentialBackoff',
        maxRetryCount,
        minimum: milliseconds(options.minimumInterval),
        maximum: milliseconds(options.maximumInterval),
      }
    : { strategy: 'fixedDelay', maxRetryCount, delay: milliseconds(options.delayInterval) };
}

/** Through JSON, as the worker sends bindings, so that nothing the host gets from the app can fail to cross threads. */
export function toAppFunction(metadata: FunctionMetadata): AppFunction {
  const bindings = Object.entries(metadata.bindings).map(([name, binding]) => Object.assign({}, binding, { name }));
  return {
    id: metadata.functionId ?? metadata.name,
    name: metadata.name,
    bindings: JSON.parse(JSON.stringify(bindings)) as AppFunction['bindings'],
    ...(metadata.retryOptions && { retry: toRetryPolicy(metadata.retryOptions) }),
  };
}

const nullable = (map: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, { value }]));

/** By name, whose case does not matter; the values of repeated names are joined, as ASP.NET Core does it. */
function joinQuery(url: string): Record<string, string> {
  const joined = new Map<string, [name: string, value: string]>();
  for (const [name, value] of new URL(url).searchParams) {
    const [first = name, before] = joined.get(name.toLowerCase()) ?? [];
    joined.set(name.toLowerCase(), [first, before === undefined ? value : `${before},${value}`]);
  }
  return Object.fromEntries(joined.values());
}

function toCoreHttp(request: HttpRequestData): CoreHttpData {
  return {
    method: request.method,
    url: request.url,
    nullableHeaders: nullable(request.headers),
    nullableParams: nullable(request.params),
    nullableQuery: nullable(joinQuery(request.url)),
    ...(request.body && { body: { bytes: request.body } }),
  };
}

const typedStrings = (map: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(map).map(([key, string]) => [key, { string }]));

/** Where the names of query and route are the same in any case, the route counts. The key of the function is nothing for the app. */
function httpMetadata({ url, headers, params }: HttpRequestData): CoreInvocationRequest['triggerMetadata'] {
  const taken = new Set(['code', ...Object.keys(params).map((name) => name.toLowerCase())]);
  const query = Object.entries(joinQuery(url)).filter(([name]) => !taken.has(name.toLowerCase()));
  return { ...typedStrings({ ...Object.fromEntries(query), ...params }), Headers: { json: JSON.stringify(headers) } };
}

/**
 * The library puts the inputs before the handler in this order, triggers by type. With HTTP streams it takes headers and
 * route parameters from the trigger metadata instead, and query values turn up among them, which apps count on.
 */
export function toCoreRequest(invocation: Invocation, metadata: FunctionMetadata): CoreInvocationRequest {
  const { http } = invocation;
  const inputs = Object.entries(metadata.bindings).filter(([, binding]) => binding.direction !== 'out');
  return {
    invocationId: invocation.invocationId,
    functionId: metadata.functionId ?? metadata.name,
    inputData: inputs.map(([name, binding]) => ({
      name,
      data: binding.type === 'httpTrigger' && http ? { http: toCoreHttp(http) } : invocation.inputs.get(name),
    })),
    triggerMetadata: {
      ...Object.fromEntries(invocation.triggerMetadata ?? []),
      ...(http && httpMetadata(http)),
    },
    ...(invocation.traceParent !== undefined && {
      traceContext: { traceParent: invocation.traceParent, traceState: '', attributes: {} },
    }),
    ...(invocation.retryContext && { retryContext: invocation.retryContext }),
  };
}

const sameSites = { none: undefined, lax: 'Lax', strict: 'Strict', explicitNone: 'None' } as const;

function toCookie(cookie: CoreHttpCookie): HttpCookie {
  const { domain, path, expires, secure, httpOnly, maxAge } = cookie;
  const sameSite = sameSites[cookie.sameSite ?? 'none'];
  return {
    name: cookie.name,
    value: cookie.value,
    ...(typeof domain?.value === 'string' && { domain: domain.value }),
    ...(typeof path?.value === 'string' && { path: path.value }),
    ...(expires?.value && { expires: expires.value.seconds * 1000 }),
    ...(typeof secure?.value === 'boolean' && { secure: secure.value }),
    ...(typeof httpOnly?.value === 'boolean' && { httpOnly: httpOnly.value }),
    ...(sameSite && { sameSite }),
    ...(typeof maxAge?.value === 'number' && { maxAge: maxAge.value }),
  };
}

export function toHttpResponse(http: CoreHttpData): HttpResponseData {
  return {
    status: Number(http.statusCode ?? 200),
    headers: http.headers ?? {},
    cookies: (http.cookies ?? []).map(toCookie),
    body: http.body?.bytes ?? new Uint8Array(),
  };
}

/** HTTP answers go beside the return value, see `toHttpResponse`; `null` and `undefined` both are empty TypedData. */
export function toTypedData(data: CoreTypedData | null | undefined): TypedData {
  return data === null || data === undefined || 'http' in data ? undefined : data;
}
