import type { HttpRequestData, Invocation, TypedData } from '../worker/contract.ts';
import { valueOf } from './typed-value.ts';

/** What the expressions of a function's bindings may name, for one invocation. */
export type BindingData = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

function ofHttp({ url, headers, params, body }: HttpRequestData): BindingData {
  const query = Object.fromEntries(new URL(url).searchParams);
  const content = body && valueOf({ string: Buffer.from(body).toString('utf8') });
  return { ...(isObject(content) && content), ...query, ...params, Query: query, Headers: headers };
}

/** Route parameters, binding data of the trigger, and the members of what the trigger brought where that is a JSON object. */
export function computeBindingData({ http, inputs, triggerMetadata }: Invocation, triggerName: string): BindingData {
  if (http) return ofHttp(http);
  const content = valueOf(inputs.get(triggerName));
  const metadata = [...(triggerMetadata ?? [])].map(([name, data]: [string, TypedData]) => [name, valueOf(data)]);
  return { ...(isObject(content) && content), ...(Object.fromEntries(metadata) as BindingData) };
}

/** Names are found whatever their case; dots lead into objects. */
export function findBindingData(data: BindingData, path: string): unknown {
  let found: unknown = data;
  for (const name of path.split('.')) {
    if (!isObject(found)) return undefined;
    const key = Object.keys(found).find((key) => key.toLowerCase() === name.toLowerCase());
    found = key === undefined ? undefined : found[key];
  }
  return found;
}
