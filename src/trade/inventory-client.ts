import { z } from 'zod';
import { createServiceClient, critical, type KeyedCall, type ServiceOptions } from './service-client.ts';

const reservationSchema = z.object({ reservationId: z.string() });
export type Reservation = z.infer<typeof reservationSchema>;

export interface ReservationRequest {
  readonly orderId: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

export interface Inventory {
  /** All lines or none. @throws TerminalError `out_of_stock`, `unknown_sku` */
  reserve(request: ReservationRequest, call: KeyedCall): Promise<Reservation>;
  /** Gives back what was reserved under the key, if anything was; a reservation that arrives later still is refused. */
  release(reservationKey: string, call: KeyedCall): Promise<void>;
}

export function createInventory(options: ServiceOptions): Inventory {
  const service = createServiceClient('inventory', options, critical);
  return {
    reserve: (request, call) => service.post('reservations', request, reservationSchema, call),
    async release(reservationKey, call) {
      await service.post('releases', { reservation: reservationKey }, z.unknown(), call);
    },
  };
}
