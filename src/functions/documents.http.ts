import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import type { DocumentRecords } from '../azure/document-records.ts';
import { pageShape } from '../azure/pages.ts';
import { documentRecordSchema, documentStatusSchema } from '../documents/document-record.ts';
import { documentCategorySchema } from '../documents/fields.ts';
import { sniffDocument } from '../documents/sniff-document.ts';
import { checkCorrelationId, correlationHeaders, correlationIdSchema } from '../http/correlation-id.ts';
import { checkedQuery, type Endpoint, type EndpointCall, statusUrlOf } from '../http/endpoint.ts';
import { idempotencyHeaders, idempotencyKeyOf } from '../http/idempotency-key.ts';
import { type FieldError, Problem } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { daySchema } from '../http/times.ts';
import type { Intake, UploadedFile } from '../intake/intake.ts';
import { findDocument } from './find-document.ts';
import { refuseReusedKey } from './refuse-reused-key.ts';

export interface DocumentEndpointServices {
  readonly intake: Intake;
  readonly records: DocumentRecords;
  readonly maxDocumentBytes: number;
}

interface ReceivedFile {
  readonly name: string;
  readonly contentType: string | undefined;
  readonly content: Uint8Array;
}

export function documentEndpoints(services: DocumentEndpointServices): Endpoint[] {
  return [
    {
      name: 'postDocument',
      method: 'POST',
      route: 'documents',
      summary: 'Takes a file as the body, or one or several as a form, and starts a saga for each',
      query: postSchema,
      headers: idempotencyHeaders.extend(correlationHeaders.shape),
      body: { mediaTypes: ['application/octet-stream', 'multipart/form-data'] },
      answers: { 202: z.union([takenSchema, batchSchema]) },
      handle: (call) => postDocument(services, call),
    },
    {
      name: 'getDocument',
      method: 'GET',
      route: 'documents/{id}',
      summary: 'What is known of a document',
      answers: { 200: documentRecordSchema },
      handle: async (call) => ({ status: 200, jsonBody: await findDocument(services.records, call) }),
    },
    {
      name: 'getDocuments',
      method: 'GET',
      route: 'documents',
      summary: 'Documents, newest first',
      query: querySchema,
      answers: { 200: documentPageSchema },
      handle: (call) => getDocuments(services, call),
    },
  ];
}

const postSchema = z.object({
  /** Of a file that is sent as the body. */
  name: z.string().optional(),
  correlationId: correlationIdSchema.optional(),
});

const takenSchema = z.object({
  documentId: z.string(),
  instanceId: z.string(),
  blobName: z.string(),
  statusUrl: z.url(),
});

const batchSchema = z.object({ correlationId: z.string(), batchUrl: z.url(), documents: z.array(takenSchema) });

const documentPageSchema = z.object({ documents: z.array(documentRecordSchema), continuation: z.string().optional() });

async function postDocument({ intake, maxDocumentBytes }: DocumentEndpointServices, call: EndpointCall) {
  const { request, instances, correlationId, traceparent } = call;
  const idempotencyKey = idempotencyKeyOf(request);
  checkedQuery(postSchema, call);
  checkCorrelationId(request);
  const files = await checkFiles(await receiveFiles(request, maxDocumentBytes));
  const accepted = await intake
    .accept({ files, correlationId, traceparent, idempotencyKey }, instances)
    .catch(refuseReusedKey);
  const answers = accepted.map((document) => ({ ...document, statusUrl: statusUrlOf(request, document.instanceId) }));
  const [first] = answers;
  if (first === undefined) throw new Error('invariant: a checked request has at least one file');
  return {
    status: 202,
    headers: { location: first.statusUrl },
    jsonBody:
      answers.length === 1 ? first : { correlationId, batchUrl: batchUrl(request, correlationId), documents: answers },
  };
}

const batchUrl = (request: HttpRequest, correlationId: string): string =>
  new URL(`/api/batches/${encodeURIComponent(correlationId)}`, request.url).href;

async function receiveFiles(request: HttpRequest, limit: number): Promise<ReceivedFile[]> {
  const contentType = request.headers.get('content-type') ?? undefined;
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/json') {
    throw new Problem(
      415,
      'not_a_document',
      'The body is JSON, but a file belongs here: send the file itself as the body, or as multipart/form-data.',
    );
  }
  const content = await readBody(request, limit, 'split the document or send fewer at once, or raise MAX_DOCUMENT_MB');
  if (contentType !== undefined && mediaType?.startsWith('multipart/') === true) return readForm(content, contentType);
  return [
    { name: request.query.get('name') ?? '', contentType: isClaim(mediaType) ? contentType : undefined, content },
  ];
}

/** curl says that any file it sends is a form: that claims nothing about the file. */
const isClaim = (mediaType: string | undefined): boolean => mediaType !== 'application/x-www-form-urlencoded';

async function readForm(body: Buffer<ArrayBuffer>, contentType: string): Promise<ReceivedFile[]> {
  const whole = new Response(body, { headers: { 'content-type': contentType } });
  const form = await whole.formData().catch((error: unknown) => {
    throw new Problem(
      400,
      'malformed_multipart',
      `The multipart body cannot be read (${String(error)}): check its boundary and end.`,
    );
  });
  const files: ReceivedFile[] = [];
  for (const [, value] of form) {
    if (typeof value === 'string') continue;
    const content = new Uint8Array(await value.arrayBuffer());
    files.push({ name: value.name, contentType: value.type === '' ? undefined : value.type, content });
  }
  if (files.length > 0) return files;
  throw new Problem(400, 'no_file', 'The multipart body has no file: add one as a part with a filename.');
}

/** The name is kept in the blob's metadata, which may have 8 KB, percent-encoded. */
const longestName = 500;

/** All files or none: a request with one bad file is refused whole, naming each. */
async function checkFiles(files: readonly ReceivedFile[]): Promise<UploadedFile[]> {
  const uploads: UploadedFile[] = [];
  const refused: (FieldError & { readonly status: number; readonly code: string })[] = [];
  for (const [n, { name, contentType, content }] of files.entries()) {
    const sniffed = await sniffDocument(content, name === '' ? 'the file' : name, contentType);
    const field = name === '' ? `file ${n + 1}` : name.slice(0, 100);
    if (name.length > longestName) {
      refused.push({
        field,
        message: `the name has ${name.length} characters; send at most ${longestName}`,
        status: 400,
        code: 'invalid',
      });
    } else if (sniffed.ok) {
      uploads.push({ name: name || 'document', contentType: sniffed.contentType, content });
    } else {
      const status = sniffed.code === 'unsupported' ? 415 : 400;
      refused.push({ field, message: sniffed.message, status, code: `document_${sniffed.code}` });
    }
  }
  const [first] = refused;
  if (first === undefined) return uploads;
  const list = refused.map(({ message }) => message).join(' ');
  throw new Problem(
    first.status,
    first.code,
    list,
    refused.map(({ field, message }) => ({ field, message })),
  );
}

const querySchema = z.object({
  q: z.string().max(500).optional(),
  status: documentStatusSchema.optional(),
  category: documentCategorySchema.optional(),
  correlationId: z.string().max(128).optional(),
  from: daySchema.optional(),
  to: daySchema.optional(),
  ...pageShape,
});

async function getDocuments({ records }: DocumentEndpointServices, call: EndpointCall) {
  const query = checkedQuery(querySchema, call);
  return { status: 200, jsonBody: await records.query(query) };
}
