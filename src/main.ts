import { randomUUID } from 'node:crypto';
import { app } from '@azure/functions';
import type { ServiceBusClient } from '@azure/service-bus';
import type { BlobServiceClient } from '@azure/storage-blob';
import { bindDocumentActivities, bindOrderActivities } from '../activities/bind-activities.ts';
import { fulfilOrder } from '../orchestrators/fulfil-order.ts';
import { processDocument } from '../orchestrators/process-document.ts';
import { createSigner } from './audit/signature.ts';
import { createAuditArchive } from './azure/audit-archive.ts';
import { createBlobDocumentRecords } from './azure/blob-document-records.ts';
import { createBlobOrderRecords } from './azure/blob-order-records.ts';
import { createClaimStore } from './azure/claim-store.ts';
import { createClaudeExtractor } from './azure/claude-extractor.ts';
import { createBlobClient, createCosmosClient, createServiceBusClient } from './azure/clients.ts';
import { createCosmosDocumentRecords } from './azure/cosmos-document-records.ts';
import { createCosmosOrderRecords } from './azure/cosmos-order-records.ts';
import { createDocumentBlobs } from './azure/document-blobs.ts';
import { createDocumentEvents } from './azure/document-events.ts';
import { createGateDecisions } from './azure/gate-decisions.ts';
import { createIdempotencyClaims } from './azure/idempotency-claims.ts';
import { createOfflineExtractor } from './azure/offline-extractor.ts';
import { createQueueProbe } from './azure/queue-probe.ts';
import { createRefusals, type Refusals } from './azure/refusals.ts';
import { createRejectedMessages } from './azure/rejected-messages.ts';
import { createReviewDecisions } from './azure/review-decisions.ts';
import type { OrderRecords } from './azure/order-records.ts';
import { type Config, parseConfig } from './config.ts';
import { createFaults, type Faults } from './faults.ts';
import { batchEndpoints } from './functions/batches.http.ts';
import { consolePages, registerConsole } from './functions/console.http.ts';
import { devFaultEndpoints } from './functions/dev-faults.http.ts';
import { documentQueue, registerDocumentQueue } from './functions/document-queue.service-bus.ts';
import { documentContentEndpoints } from './functions/document-content.http.ts';
import { documentEndpoints } from './functions/documents.http.ts';
import { healthEndpoints } from './functions/health.http.ts';
import { orderQueue, registerOrderQueue, rejectedOrders } from './functions/order-queue.service-bus.ts';
import { orderEndpoints } from './functions/orders.http.ts';
import { metricsEndpoint } from './functions/metrics.http.ts';
import { registerRetention } from './functions/retention.timer.ts';
import type { Endpoint } from './http/endpoint.ts';
import { meEndpoint } from './http/me.http.ts';
import { openApiEndpoint } from './http/openapi.http.ts';
import { registerEndpoints } from './http/register-endpoints.ts';
import { claimedDocumentsSchema } from './intake/claim-documents.ts';
import { createIntake, type Intake } from './intake/intake.ts';
import { claimedOrderSchema, createOrderIntake, type OrderIntake } from './intake/order-intake.ts';
import { auditEndpoints } from './ops/audit.http.ts';
import { createCloseRecord } from './ops/close-record.ts';
import { eventEndpoints } from './ops/events.http.ts';
import { noteRefusal } from './ops/note-refusal.ts';
import { operationEndpoints } from './ops/operations.http.ts';
import { createRedaction, type Redaction, redactInstances } from './ops/redaction.ts';
import { reviewEndpoints } from './ops/reviews.http.ts';
import { sagaEndpoints } from './ops/sagas.http.ts';
import { registerSagas } from './saga/operate.ts';
import { createTelemetry, type Telemetry } from './telemetry/create-telemetry.ts';
import { createFraud } from './trade/fraud-client.ts';
import { createInventory } from './trade/inventory-client.ts';
import { createNotifications } from './trade/notifications-client.ts';
import { createPayments } from './trade/payments-client.ts';
import { createShipping } from './trade/shipping-client.ts';

// The composition root: settings -> clients -> activities -> functions. What a setting leaves out is not registered, so that a
// missing service never keeps the others from starting.

const config = parseConfig(process.env);
const now = (): Date => new Date();
const telemetry = await createTelemetry(config.telemetry, {
  now,
  report: (trouble) => void process.stderr.write(`Telemetry is not sent: ${trouble}\n`),
});
app.hook.appTerminate(() => telemetry.close());
compose({ config, telemetry, now, newId: randomUUID });

interface Surroundings {
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
  readonly newId: () => string;
}

function compose({ config, telemetry, now, newId }: Surroundings): void {
  const { maxDocumentBytes, reviewThreshold, gateMode, logFormat } = config;
  const storage = createBlobClient(config.storage);
  const blobs = createDocumentBlobs(storage);
  const { records, orders } = createStores(config, storage);
  const serviceBus = config.serviceBus && createServiceBusClient(config.serviceBus);
  const events = serviceBus && createDocumentEvents(serviceBus);
  const extractor =
    config.claude === undefined ? createOfflineExtractor() : createClaudeExtractor(config.claude, telemetry);
  const faults = createFaults(config.faults);
  const decisions = createGateDecisions(storage);
  const claims = createClaimStore(storage);
  const sign = config.auditSigningKey === undefined ? undefined : createSigner(config.auditSigningKey);
  const intake = createIntake({
    blobs,
    claims: createIdempotencyClaims(storage, 'documents', claimedDocumentsSchema),
    records,
    now,
    newId,
  });

  const trade = composeTrade(config, { orders, storage, faults, now, newId, fetch: telemetry.fetch });
  const sagas = [processDocument, ...trade.sagas];
  const documents = { blobs, extractor, records, events, faults, reviewThreshold, maxDocumentBytes };
  const activities = [...bindDocumentActivities(documents), ...trade.activities];
  registerSagas({ sagas, activities, decisions, claims, gateMode, observer: telemetry.sagas, logFormat });
  const redaction = createRedaction({ sagas, activities });

  const refusals = createRefusals(storage);
  const closeRecord = createCloseRecord({ records, orders, now });
  const keeping = { archive: createAuditArchive(storage), sign, redaction, refusals, closeRecord, now };
  const endpoints = [
    meEndpoint,
    ...documentEndpoints({ intake, records, maxDocumentBytes }),
    ...documentContentEndpoints({ blobs, records, maxDocumentBytes }),
    ...batchEndpoints({ records, now }),
    ...trade.endpoints,
    ...sagaEndpoints({ sagas, redaction, claims, newId, now }),
    ...eventEndpoints(now),
    ...reviewEndpoints({ sagas, decisions: createReviewDecisions(storage) }),
    ...operationEndpoints({ decisions, closeRecord }),
    ...auditEndpoints(keeping),
    ...healthEndpoints(
      [
        { name: 'storage', ping: () => blobs.ping() },
        { name: 'records', ping: () => records.ping() },
        ...(serviceBus === undefined ? [] : [{ name: 'queue', ping: createQueueProbe(serviceBus, documentQueue) }]),
      ],
      now,
    ),
    metricsEndpoint(telemetry.readMetrics),
    ...(config.devFaults ? devFaultEndpoints(faults) : []),
  ];
  serveApi(endpoints, { config, telemetry, now, newId }, { redaction, refusals });
  if (serviceBus !== undefined) registerQueues(serviceBus, { intake, orderIntake: trade.intake, telemetry, newId });
  if (config.retention !== undefined) registerRetention(config.retention, keeping);
}

function serveApi(
  endpoints: readonly Endpoint[],
  { config, telemetry, now, newId }: Surroundings,
  { redaction, refusals }: { readonly redaction: Redaction; readonly refusals: Refusals },
): void {
  registerEndpoints([...endpoints, openApiEndpoint([...endpoints, consolePages], config.access)], {
    newId,
    access: config.access,
    redact: (instances) => redactInstances(instances, redaction),
    observe: telemetry.observeRequest,
    onRefused: (...refused) => noteRefusal({ refusals, now }, ...refused),
  });
  registerConsole(new URL('../console/', import.meta.url));
}

interface QueueServices extends Pick<Surroundings, 'telemetry' | 'newId'> {
  readonly intake: Intake;
  readonly orderIntake: OrderIntake | undefined;
}

function registerQueues(serviceBus: ServiceBusClient, services: QueueServices): void {
  const { intake, orderIntake, newId } = services;
  const observe = services.telemetry.observeMessage;
  registerDocumentQueue(intake, observe);
  if (orderIntake === undefined) return;
  const rejected = createRejectedMessages(serviceBus, orderQueue, rejectedOrders);
  registerOrderQueue({ intake: orderIntake, rejected, observe, newId });
}

interface TradeServices {
  readonly orders: OrderRecords;
  readonly storage: BlobServiceClient;
  readonly faults: Faults;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly fetch: typeof fetch;
}

function composeTrade({ trade, fraudThreshold }: Config, services: TradeServices) {
  if (trade === undefined) return { sagas: [], activities: [], endpoints: [], intake: undefined };
  const { orders, storage, faults, now, newId, fetch } = services;
  const intake = createOrderIntake({
    claims: createIdempotencyClaims(storage, 'orders', claimedOrderSchema),
    orders,
    newId,
  });
  const at = (baseUrl: string) => ({ baseUrl, timeoutMs: trade.timeoutMs, now, fetch });
  return {
    sagas: [fulfilOrder],
    activities: bindOrderActivities({
      orders,
      inventory: createInventory(at(trade.inventory)),
      fraud: createFraud(at(trade.fraud)),
      fraudThreshold,
      payments: createPayments(at(trade.payments)),
      shipping: createShipping(at(trade.shipping)),
      notifications: createNotifications(at(trade.notifications)),
      faults,
    }),
    endpoints: orderEndpoints({ orders, intake, now }),
    intake,
  };
}

function createStores({ cosmos, cosmosDatabase }: Config, storage: BlobServiceClient) {
  if (cosmos === undefined) {
    return { records: createBlobDocumentRecords(storage), orders: createBlobOrderRecords(storage) };
  }
  const client = createCosmosClient(cosmos);
  const create = cosmos.kind === 'connection-string';
  return {
    records: createCosmosDocumentRecords(client, cosmosDatabase, create),
    orders: createCosmosOrderRecords(client, cosmosDatabase, create),
  };
}
