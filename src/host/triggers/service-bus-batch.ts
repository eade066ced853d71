import { isUtf8 } from 'node:buffer';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { valueOf } from '../bindings/typed-value.ts';
import type { InputData, TypedData } from '../worker/contract.ts';
import { toMessageBody, toMessageMetadata } from './service-bus-message.ts';

/** Bodies as one array: of texts, those that are JSON parsed; of bytes where one is no text, or wanted as `binary`. */
export function toBatchBody(messages: readonly ServiceBusReceivedMessage[], dataType: unknown): InputData {
  const bodies = messages.map(({ body }): unknown => body);
  const isBytes = (body: unknown): body is Uint8Array =>
    body instanceof Uint8Array && (dataType === 'binary' || !isUtf8(body));
  if (bodies.some(isBytes)) {
    const bytes = bodies.map((body) => (body instanceof Uint8Array ? body : Buffer.from(String(body))));
    return { collectionBytes: { bytes } };
  }
  return { json: JSON.stringify(bodies.map((body) => valueOf(toMessageBody(body, dataType)))) };
}

/** Ids may look like JSON and are texts. */
const metadataValueOf = (data: TypedData) => (data && 'string' in data ? data.string : valueOf(data));

/** For each name of a message's binding data, the values of all messages: `MessageIdArray` and so on. */
export function toBatchMetadata(messages: readonly ServiceBusReceivedMessage[]): Map<string, TypedData> {
  const all = messages.map(toMessageMetadata);
  const names = new Set(all.flatMap((metadata) => [...metadata.keys()]));
  return new Map(
    [...names].map((name) => [
      `${name}Array`,
      { json: JSON.stringify(all.map((metadata) => metadataValueOf(metadata.get(name)) ?? null)) },
    ]),
  );
}
