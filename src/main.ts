import { randomUUID } from 'node:crypto';
import { discardStagedText, downloadDocument, moveDocument } from '../activities/documents.ts';
import { classifyDocument, extractFields } from '../activities/extraction.ts';
import { publishEvents } from '../activities/notification.ts';
import { indexDocument, persistRecord, saveRecord } from '../activities/records.ts';
import { processDocument } from '../orchestrators/process-document.ts';
import { createBlobDocumentRecords } from './azure/blob-document-records.ts';
import { createClaudeExtractor } from './azure/claude-extractor.ts';
import { createBlobClient, createCosmosClient, createServiceBusClient } from './azure/clients.ts';
import { createCosmosDocumentRecords } from './azure/cosmos-document-records.ts';
import { createDocumentBlobs } from './azure/document-blobs.ts';
import { createDocumentEvents } from './azure/document-events.ts';
import { createGateDecisions } from './azure/gate-decisions.ts';
import { createIdempotencyClaims } from './azure/idempotency-claims.ts';
import { createOfflineExtractor } from './azure/offline-extractor.ts';
import { type Config, parseConfig } from './config.ts';
import { createFaults } from './faults.ts';
import { devFaultEndpoints } from './functions/dev-faults.http.ts';
import { registerDocumentQueue } from './functions/document-queue.service-bus.ts';
import { documentEndpoints } from './functions/documents.http.ts';
import { healthEndpoints } from './functions/health.http.ts';
import { registerEndpoints } from './http/endpoint.ts';
import { createIntake } from './intake/intake.ts';
import { operationEndpoints } from './ops/operations.http.ts';
import { reviewEndpoints } from './ops/reviews.http.ts';
import { sagaEndpoints } from './ops/sagas.http.ts';
import { registerSagas } from './saga/operate.ts';

// The composition root: settings -> clients -> activities -> functions. What a setting leaves out is not registered, so that a
// missing service never keeps the others from starting.

compose(parseConfig(process.env), () => new Date(), randomUUID);

function compose(config: Config, now: () => Date, newId: () => string): void {
  const { maxDocumentBytes, reviewThreshold } = config;
  const storage = createBlobClient(config.storage);
  const blobs = createDocumentBlobs(storage);
  const records = createRecords(config);
  const serviceBus = config.serviceBus && createServiceBusClient(config.serviceBus);
  const events = serviceBus && createDocumentEvents(serviceBus);
  const extractor = config.claude === undefined ? createOfflineExtractor() : createClaudeExtractor(config.claude);
  const faults = createFaults(config.faults);
  const decisions = createGateDecisions(storage);
  const intake = createIntake({ blobs, claims: createIdempotencyClaims(storage), now, newId });

  const reading = { blobs, extractor, faults, reviewThreshold, maxDocumentBytes };
  const recording = { records, blobs, faults };
  const sagas = [processDocument];
  registerSagas({
    sagas,
    decisions,
    activities: [
      downloadDocument.bind(reading),
      discardStagedText.bind(reading),
      moveDocument.bind(reading),
      classifyDocument.bind(reading),
      extractFields.bind(reading),
      saveRecord.bind(recording),
      persistRecord.bind(recording),
      indexDocument.bind(recording),
      publishEvents.bind({ events, faults }),
    ],
  });

  registerEndpoints(
    [
      ...documentEndpoints({ intake, records, maxDocumentBytes }),
      ...sagaEndpoints(sagas, newId),
      ...reviewEndpoints(sagas),
      ...operationEndpoints(decisions),
      ...healthEndpoints(
        [
          { name: 'storage', ping: async () => void (await storage.getProperties()) },
          { name: 'records', ping: () => records.ping() },
        ],
        now,
      ),
      ...(config.devFaults ? devFaultEndpoints(faults) : []),
    ],
    newId,
  );
  if (serviceBus !== undefined) registerDocumentQueue(intake);
}

function createRecords({ cosmos, cosmosDatabase, storage }: Config) {
  if (cosmos === undefined) return createBlobDocumentRecords(createBlobClient(storage));
  return createCosmosDocumentRecords(createCosmosClient(cosmos), cosmosDatabase, cosmos.kind === 'connection-string');
}
