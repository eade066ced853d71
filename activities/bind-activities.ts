import { type CustomerNoticeServices, notifyCustomer } from './customer-notices.ts';
import { discardStagedText, downloadDocument, moveDocument } from './documents.ts';
import { classifyDocument, extractFields, type ExtractionServices } from './extraction.ts';
import { type FraudServices, scoreFraud } from './fraud.ts';
import { type InventoryServices, reserveInventory } from './inventory.ts';
import { type NotificationServices, publishEvents } from './notification.ts';
import { createOrder, type OrderServices, saveOrder } from './orders.ts';
import { chargePayment, type PaymentServices } from './payments.ts';
import { indexDocument, persistRecord, type RecordServices, saveRecord } from './records.ts';
import { scheduleShipping, type ShippingServices } from './shipping.ts';

/** All that `processDocument` calls. */
export const bindDocumentActivities = (services: ExtractionServices & RecordServices & NotificationServices) => [
  downloadDocument.bind(services),
  discardStagedText.bind(services),
  moveDocument.bind(services),
  classifyDocument.bind(services),
  extractFields.bind(services),
  saveRecord.bind(services),
  persistRecord.bind(services),
  indexDocument.bind(services),
  publishEvents.bind(services),
];

/** All that `fulfilOrder` calls. */
export const bindOrderActivities = (
  services: OrderServices &
    InventoryServices &
    FraudServices &
    PaymentServices &
    ShippingServices &
    CustomerNoticeServices,
) => [
  createOrder.bind(services),
  saveOrder.bind(services),
  reserveInventory.bind(services),
  scoreFraud.bind(services),
  chargePayment.bind(services),
  scheduleShipping.bind(services),
  notifyCustomer.bind(services),
];
