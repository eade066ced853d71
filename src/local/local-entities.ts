import type { EntitiesConfig } from '../emulators/service-bus/index.ts';

/** The queues and topics of the app, as infra/ declares them for Azure. */
export const localEntities: EntitiesConfig = {
  queues: [
    {
      name: 'document-processing',
      lockDurationSeconds: 300,
      maxDeliveryCount: 5,
      deadLetteringOnMessageExpiration: true,
      defaultTtlSeconds: 14 * 24 * 3600,
    },
  ],
  topics: [
    { name: 'document-events', subscriptions: [{ name: 'all', maxDeliveryCount: 10, defaultTtlSeconds: 24 * 3600 }] },
  ],
};
