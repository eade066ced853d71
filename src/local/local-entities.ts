import type { EntitiesConfig } from '../emulators/service-bus/index.ts';

const twoWeeks = 14 * 24 * 3600;

/** The queues and topics of the app, as infra/ declares them for Azure. */
export const localEntities: EntitiesConfig = {
  queues: [
    {
      name: 'document-processing',
      lockDurationSeconds: 300,
      maxDeliveryCount: 5,
      deadLetteringOnMessageExpiration: true,
      defaultTtlSeconds: twoWeeks,
    },
    {
      name: 'orders',
      requiresSession: true,
      requiresDuplicateDetection: true,
      duplicateDetectionWindowSeconds: 600,
      lockDurationSeconds: 60,
      maxDeliveryCount: 5,
      deadLetteringOnMessageExpiration: true,
      defaultTtlSeconds: twoWeeks,
    },
    {
      name: 'orders-rejected',
      requiresDuplicateDetection: true,
      duplicateDetectionWindowSeconds: 600,
      defaultTtlSeconds: twoWeeks,
    },
  ],
  topics: [
    { name: 'document-events', subscriptions: [{ name: 'all', maxDeliveryCount: 10, defaultTtlSeconds: 24 * 3600 }] },
  ],
};
