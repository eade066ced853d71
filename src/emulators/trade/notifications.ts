import { z } from 'zod';
import { defineEffects, type OutsideSystem } from './outside-system.ts';

const requestSchema = z.object({
  orderId: z.string(),
  channel: z.string(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
});

/** Keeps every message instead of sending it; whatever goes to an address with `unreachable` in it fails. */
export const notifications: OutsideSystem = {
  name: 'notifications',
  effects: {
    messages: defineEffects({
      request: requestSchema,
      book: ({ channel, to }, { newId }) =>
        to.includes('unreachable')
          ? { refused: 503, code: 'channel_down', message: `${channel} cannot reach ${to}` }
          : { messageId: newId() },
    }),
  },
  undos: {},
};
