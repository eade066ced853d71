import { z } from 'zod';
import type { Channel } from '../orders/order.ts';
import { background, createServiceClient, type KeyedCall, type ServiceOptions } from './service-client.ts';

export interface Message {
  readonly orderId: string;
  readonly channel: Channel;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface Notifications {
  send(message: Message, call: KeyedCall): Promise<void>;
}

/** Each channel has a breaker and a bulkhead of its own, so that one that is down holds up no other. */
export function createNotifications(options: ServiceOptions): Notifications {
  const channel = (name: Channel) => createServiceClient(name, options, background);
  const channels = {
    email: channel('email'),
    sms: channel('sms'),
    webhook: channel('webhook'),
    in_app: channel('in_app'),
  } satisfies Record<Channel, unknown>;
  return {
    async send(message, call) {
      await channels[message.channel].post('messages', message, z.unknown(), call);
    },
  };
}
