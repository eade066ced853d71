/** A request to the management API, below the prefix that it is served under. */
export interface ManagementRequest {
  readonly method: string;
  /** Below the prefix, still percent-encoded: `/instances/abc/terminate`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** The URL as it was asked for: a running instance's status answers it as its Location. */
  readonly url: string;
  /** Scheme, host and prefix of the public webhooks, for links: `http://host/runtime/webhooks/durabletask`. */
  readonly linkBase: string;
  /** What every link carries beside task hub and connection, e.g. `code=key`; empty for nothing. */
  readonly linkQuery: string;
}

export interface ManagementResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const emptyResponse = (status: number): ManagementResponse => ({ status, headers: {}, body: '' });

export const jsonResponse = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): ManagementResponse => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(value),
});

/** The extension's error body. */
export const errorResponse = (status: number, message: string): ManagementResponse =>
  jsonResponse(status, { Message: message });

/** The same with an exception, as ASP.NET writes it; .NET's stack trace has no counterpart here. */
export const exceptionResponse = (
  status: number,
  message: string,
  exception: { readonly type: string; readonly message: string },
): ManagementResponse =>
  jsonResponse(status, {
    Message: message,
    ExceptionMessage: exception.message,
    ExceptionType: exception.type,
    StackTrace: null,
  });

/** Query names are found without regard to case. */
export function queryValue(request: ManagementRequest, name: string): string | undefined {
  for (const [key, value] of request.query) if (key.toLowerCase() === name.toLowerCase()) return value;
  return undefined;
}

/** As bool.TryParse: what is neither true nor false counts as not given. */
export function queryFlag(request: ManagementRequest, name: string): boolean | undefined {
  const value = queryValue(request, name)?.trim().toLowerCase();
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

/** A body of JSON text in its compact form, or the answer to one that is none. */
export const parseJsonBody = (
  request: ManagementRequest,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly response: ManagementResponse } => {
  try {
    return { ok: true, text: JSON.stringify(JSON.parse(Buffer.from(request.body).toString('utf8'))) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const exception = { type: 'Newtonsoft.Json.JsonReaderException', message };
    return { ok: false, response: exceptionResponse(400, 'Invalid JSON content', exception) };
  }
};
