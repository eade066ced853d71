import { z } from 'zod';
import type { DocumentBlobs } from '../azure/document-blobs.ts';
import type { DocumentRecords } from '../azure/document-records.ts';
import type { DocumentRecord } from '../documents/document-record.ts';
import { DocumentUnreadableError } from '../documents/document-unreadable-error.ts';
import { readText } from '../documents/read-text.ts';
import { type SniffedDocument, sniffDocument } from '../documents/sniff-document.ts';
import { checkedQuery, type Endpoint, type EndpointCall, type EndpointReply } from '../http/endpoint.ts';
import { Problem } from '../http/problem.ts';
import { findDocument } from './find-document.ts';

export interface DocumentContentServices {
  readonly blobs: DocumentBlobs;
  readonly records: DocumentRecords;
  /** Larger files are processed by nobody, and not shown either. */
  readonly maxDocumentBytes: number;
}

/** The file of a document as it came in, wherever it lies now, or the text in it. */
export const documentContentEndpoints = (services: DocumentContentServices): Endpoint[] => [
  {
    name: 'getDocumentContent',
    method: 'GET',
    route: 'documents/{id}/content',
    summary: 'The file as it came in, or the text in it',
    query: querySchema,
    answers: { 200: { mediaTypes: ['application/octet-stream', 'text/plain'] } },
    handle: (call) => getContent(services, call),
  },
];

const querySchema = z.object({ as: z.enum(['file', 'text']).default('file') });

async function getContent(services: DocumentContentServices, call: EndpointCall): Promise<EndpointReply> {
  const query = checkedQuery(querySchema, call);
  const document = await findDocument(services.records, call);
  const content = await readContent(services, document);
  const sniffed = await sniffDocument(content, document.name);
  return query.as === 'text' ? textReply(content, sniffed) : fileReply(content, sniffed, document.name);
}

async function readContent(
  { blobs, maxDocumentBytes }: DocumentContentServices,
  { id, blobUrl }: DocumentRecord,
): Promise<Uint8Array> {
  const opened = await blobs.open(id, blobUrl, maxDocumentBytes);
  switch (opened.state) {
    case 'open':
      return opened.content;
    case 'gone':
      throw new Problem(
        410,
        'gone',
        `The file of document '${id}' is not kept any more: it was deleted by hand or by a lifecycle rule.`,
      );
    case 'too-large': {
      const problem = `The file of document '${id}' has ${opened.sizeBytes} bytes; at most ${maxDocumentBytes} are shown`;
      throw new Problem(413, 'too_large', `${problem}: fetch it from the storage account, or raise MAX_DOCUMENT_MB.`);
    }
  }
}

/** The browser takes it for what it is or not at all, and runs nothing in it. */
const safeHeaders = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'private, no-cache',
  'referrer-policy': 'no-referrer',
};

const nothingElse = "default-src 'none'; frame-ancestors 'self'";
/** The viewers of browsers show no PDF in a sandbox. */
const policyOf = (contentType: string): string =>
  contentType === 'application/pdf' ? nothingElse : `${nothingElse}; sandbox`;

function fileReply(content: Uint8Array, sniffed: SniffedDocument, name: string): EndpointReply {
  const contentType = sniffed.ok ? sniffed.contentType : 'application/octet-stream';
  const disposition = sniffed.ok ? 'inline' : 'attachment';
  return {
    status: 200,
    headers: {
      ...safeHeaders,
      'content-type': contentType,
      'content-disposition': `${disposition}; filename*=UTF-8''${encodeRfc8187(name)}`,
      'content-security-policy': policyOf(contentType),
    },
    body: content,
  };
}

async function textReply(content: Uint8Array, sniffed: SniffedDocument): Promise<EndpointReply> {
  if (!sniffed.ok) throw noText(sniffed.message);
  const { text } = await readText(sniffed.kind, content).catch((error: unknown) => {
    throw error instanceof DocumentUnreadableError ? noText(error.message) : error;
  });
  const contentType = 'text/plain; charset=utf-8';
  return {
    status: 200,
    headers: { ...safeHeaders, 'content-type': contentType, 'content-security-policy': policyOf(contentType) },
    body: text,
  };
}

const noText = (why: string): Problem => new Problem(409, 'no_text', `No text can be shown: ${why}`);

/** RFC 8187, section 3.2.1: `encodeURIComponent` lets some characters through that stand for themselves in no header. */
const encodeRfc8187 = (name: string): string =>
  encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
