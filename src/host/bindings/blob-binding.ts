import type { BindingCall, ReadInput, WriteOutput } from './binding-call.ts';
import { bytesOf } from './typed-value.ts';

/** `container/path` of a blob. @throws for what is neither */
export function splitBlobPath(path: string): readonly [container: string, blob: string] {
  const slash = path.indexOf('/');
  if (slash > 0 && slash < path.length - 1) return [path.slice(0, slash), path.slice(slash + 1)];
  throw new Error(`"${path}" is no path of a blob; expected container/name.`);
}

async function open({ clients, text }: BindingCall) {
  const [container, blob] = splitBlobPath(text('path'));
  const client = (await clients.blobs(text('connection'))).getContainerClient(container);
  return { container: client, blob: client.getBlockBlobClient(blob) };
}

const isMissing = (error: unknown) => (error as { readonly statusCode?: unknown }).statusCode === 404;

/** The blob's bytes, or its text where the binding's `dataType` is `string`; nothing where there is no such blob. */
export const readBlob: ReadInput = async (call) => {
  const { blob } = await open(call);
  try {
    const bytes = await blob.downloadToBuffer();
    return call.binding['dataType'] === 'string' ? { string: bytes.toString('utf8') } : { bytes };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/** Makes the container where it is missing, as Functions does. */
export const writeBlob: WriteOutput = async (call, value) => {
  const { container, blob } = await open(call);
  const bytes = bytesOf(value);
  const upload = () => blob.upload(bytes, bytes.length);
  try {
    await upload();
  } catch (error) {
    if (!isMissing(error)) throw error;
    await container.createIfNotExists();
    await upload();
  }
};
