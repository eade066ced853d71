import { parentPort, workerData } from 'node:worker_threads';
import { type LocalServicesOptions, startLocalServices } from './local-services.ts';

// Entry of the thread that runs the local services, so that their disk writes do not hold up the host.

/** What the thread says, once. */
export type ServicesReport =
  | { readonly kind: 'ready'; readonly environment: Readonly<Record<string, string>> }
  | { readonly kind: 'failed'; readonly message: string };

const report = (message: ServicesReport): void => parentPort?.postMessage(message);

try {
  const services = await startLocalServices(workerData as LocalServicesOptions);
  parentPort?.once('message', () => {
    void services.close().finally(() => process.exit(0));
  });
  report({ kind: 'ready', environment: services.environment });
} catch (error) {
  report({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}
