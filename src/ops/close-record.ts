import type { DocumentRecords } from '../azure/document-records.ts';
import type { Instance } from '../azure/durable-instances.ts';
import type { OrderRecords } from '../azure/order-records.ts';
import { documentIdOfInstance } from '../documents/document-id.ts';
import { type DocumentRecord, isUnderWay, openRecord, uploadedDocumentSchema } from '../documents/document-record.ts';
import { orderIdOfInstance } from '../orders/order-id.ts';
import { orderSchema } from '../orders/order.ts';
import { isOrderUnderWay, openOrder, type OrderRecord } from '../orders/order-record.ts';

export interface CloseRecordServices {
  readonly records: Pick<DocumentRecords, 'read' | 'save'>;
  readonly orders: Pick<OrderRecords, 'read' | 'save'>;
  readonly now: () => Date;
}

/**
 * Has the record of a document or order say that its saga came to no end of its own, where it says that it is under way: a saga that
 * was killed or deleted cannot do so any more. Can be repeated.
 * @param deleted who deleted the saga, and why; a kill is told by the instance
 */
export type CloseRecord = (instance: Instance, deleted?: string) => Promise<void>;

export function createCloseRecord({ records, orders, now }: CloseRecordServices): CloseRecord {
  return async (instance, deleted) => {
    const at = now().toISOString();
    const end = { status: 'failed', error: { code: 'terminated', message: tellEnd(instance, deleted) } } as const;
    const document = await findDocument(records, instance);
    if (document !== undefined && isUnderWay(document)) await records.save({ ...document, ...end, processedAt: at });
    const order = await findOrder(orders, instance);
    if (order !== undefined && isOrderUnderWay(order)) await orders.save({ ...order, ...end, closedAt: at });
  };
}

/** The engine keeps the reason of a kill as the output. */
function tellEnd({ runtimeStatus, output }: Instance, deleted: string | undefined): string {
  if (runtimeStatus === 'Terminated') return `its saga was terminated (${String(output)})`;
  return `its saga was deleted${deleted === undefined ? '' : ` (${deleted})`}`;
}

/** A saga may have been killed before it had put anything on record. */
async function findDocument(
  records: CloseRecordServices['records'],
  { instanceId, input }: Instance,
): Promise<DocumentRecord | undefined> {
  const id = documentIdOfInstance(instanceId);
  const record = id === undefined ? undefined : await records.read(id);
  if (id === undefined || record !== undefined) return record;
  const uploaded = uploadedDocumentSchema.safeParse(input);
  return uploaded.success ? openRecord(uploaded.data) : undefined;
}

async function findOrder(
  orders: CloseRecordServices['orders'],
  { instanceId, input }: Instance,
): Promise<OrderRecord | undefined> {
  const id = orderIdOfInstance(instanceId);
  const record = id === undefined ? undefined : await orders.read(id);
  if (id === undefined || record !== undefined) return record;
  const taken = orderSchema.safeParse(input);
  return taken.success ? openOrder(taken.data, instanceId) : undefined;
}
