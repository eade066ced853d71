import { z } from 'zod';
import type { Address } from '../orders/order.ts';
import { createServiceClient, critical, type KeyedCall, type ServiceOptions } from './service-client.ts';

const shipmentSchema = z.object({ shipmentId: z.string(), carrier: z.string(), trackingNumber: z.string() });
export type Shipment = z.infer<typeof shipmentSchema>;

export interface ShipmentRequest {
  readonly orderId: string;
  readonly address: Address;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

export interface Shipping {
  /** @throws TerminalError `undeliverable` */
  schedule(request: ShipmentRequest, call: KeyedCall): Promise<Shipment>;
  /** Calls off what was scheduled under the key, if anything was; a shipment that arrives later still is refused. */
  cancel(shipmentKey: string, call: KeyedCall): Promise<void>;
}

export function createShipping(options: ServiceOptions): Shipping {
  const service = createServiceClient('shipping', options, critical);
  return {
    schedule: (request, call) => service.post('shipments', request, shipmentSchema, call),
    async cancel(shipmentKey, call) {
      await service.post('cancellations', { shipment: shipmentKey }, z.unknown(), call);
    },
  };
}
