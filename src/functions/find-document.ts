import type { DocumentRecords } from '../azure/document-records.ts';
import { instanceIdOf } from '../documents/document-id.ts';
import { type DocumentRecord, openRecord, uploadedDocumentSchema } from '../documents/document-record.ts';
import { type EndpointCall, routeParameter } from '../http/endpoint.ts';
import { Problem } from '../http/problem.ts';

/** A document that was just taken has an instance before it has a record. @throws Problem 404 */
export async function findDocument(
  records: DocumentRecords,
  { request, instances }: EndpointCall,
): Promise<DocumentRecord> {
  const id = routeParameter(request, 'id');
  const record = await records.read(id);
  if (record !== undefined) return record;
  const uploaded = uploadedDocumentSchema.safeParse((await instances.get(instanceIdOf(id)))?.input);
  if (uploaded.success) return openRecord(uploaded.data);
  throw new Problem(404, 'not_found', `There is no document '${id}': GET /api/documents lists what there is.`);
}
