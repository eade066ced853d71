import type { IncomingMessage, Server } from 'node:http';
import { delayAnswers } from './delay-answers.ts';

/** A blob that has got new content. */
export interface BlobCreated {
  readonly container: string;
  readonly name: string;
  readonly url: string;
  /** As Event Grid gives it: without quotes. */
  readonly eTag: string;
  readonly contentLength: number;
  readonly api: 'PutBlob' | 'PutBlockList' | 'CopyBlob';
}

const blobPath = /^\/[^/]+\/([^/$][^/]*)\/(.+)$/;

export function watchCreatedBlobs(server: Server, onBlobCreated: (event: BlobCreated) => Promise<void>): void {
  delayAnswers(server, async (request, response) => {
    const eTag = response.getHeader('etag');
    const written = describe(request);
    if (response.statusCode >= 400 || written === undefined || typeof eTag !== 'string') return;
    await onBlobCreated({ ...written, eTag: eTag.replaceAll('"', '') });
  });
}

/** Put Blob, Put Block List and Copy Blob write content; other operations carry a `comp` of their own. */
function describe(request: IncomingMessage): Omit<BlobCreated, 'eTag'> | undefined {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
  const path = blobPath.exec(url.pathname);
  const operation = url.searchParams.get('comp');
  if (request.method !== 'PUT' || path === null || url.searchParams.has('restype')) return undefined;
  if (operation !== null && operation !== 'blocklist') return undefined;
  const [, container = '', name = ''] = path;
  const copied = request.headers['x-ms-copy-source'] !== undefined;
  return {
    container: decodeURIComponent(container),
    name: decodeURIComponent(name),
    url: `${url.origin}${url.pathname}`,
    contentLength: Number(request.headers['content-length'] ?? 0),
    api: operation === 'blocklist' ? 'PutBlockList' : copied ? 'CopyBlob' : 'PutBlob',
  };
}
