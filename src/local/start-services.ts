import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LocalServices, LocalServicesOptions } from './local-services.ts';
import type { ServicesReport } from './services-thread.ts';

/**
 * Starts the local services in a thread of their own. `onCrash` is told if they end before they are closed.
 * @throws Error when one cannot start, a port in use for example
 */
export function startServicesInThread(
  options: LocalServicesOptions,
  onCrash: (error: Error) => void,
): Promise<LocalServices> {
  const entry = new URL(`./services-thread${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(entry, { workerData: options });
  let closing = false;
  const gone = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
  });
  worker.on('error', (error) => {
    if (!closing) onCrash(error instanceof Error ? error : new Error(String(error)));
  });
  return new Promise((resolve, reject) => {
    worker.once('message', (report: ServicesReport) => {
      if (report.kind === 'failed') {
        void worker.terminate();
        reject(new Error(`The local services cannot start: ${report.message}`));
        return;
      }
      resolve({
        environment: report.environment,
        close() {
          closing = true;
          worker.postMessage('close');
          return gone;
        },
      });
    });
  });
}
