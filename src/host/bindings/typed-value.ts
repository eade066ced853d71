import type { InputData } from '../worker/contract.ts';

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** What data stands for, as the app's library reads it: text that is JSON counts as JSON. */
export function valueOf(data: InputData): unknown {
  if (data === undefined) return undefined;
  if ('string' in data) return parsed(data.string);
  if ('json' in data) return JSON.parse(data.json);
  if ('bytes' in data) return data.bytes;
  if ('int' in data) return data.int;
  return 'double' in data ? data.double : data.collectionBytes.bytes;
}

/** What is written of data: text and JSON in UTF-8, bytes as they are. */
export function bytesOf(data: Exclude<InputData, undefined>): Uint8Array {
  if ('bytes' in data) return data.bytes;
  if ('string' in data) return Buffer.from(data.string);
  return Buffer.from('json' in data ? data.json : JSON.stringify(valueOf(data)));
}
