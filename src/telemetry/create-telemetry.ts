import { performance } from 'node:perf_hooks';
import type { TelemetryConfig } from '../config.ts';
import type { ObserveMessage } from '../functions/observe-message.ts';
import type { ObserveRequest } from '../http/endpoint.ts';
import type { SagaObserver } from '../saga/operate.ts';
import { createInstruments, type Reading } from './instruments.ts';
import { createMetrics } from './metrics.ts';
import type { TelemetrySurroundings } from './open-telemetry.ts';
import { observeMessages } from './observe-messages.ts';
import { observeRequests } from './observe-requests.ts';
import { observeSagas } from './observe-sagas.ts';
import { silentRecorder } from './recorder.ts';
import { createTracedFetch } from './traced-fetch.ts';

/** What the program tells of itself. Metrics are always counted; traces and logs are sent only where a destination is configured. */
export interface Telemetry {
  readonly sagas: SagaObserver;
  readonly observeRequest: ObserveRequest;
  readonly observeMessage: ObserveMessage;
  /** For clients of outside systems. */
  readonly fetch: typeof fetch;
  readonly countTokens: (model: string, input: number, output: number) => void;
  /** What this process has counted since its start. */
  readonly readMetrics: () => Reading[];
  /** Sends what is left. */
  close(): Promise<void>;
}

const elapsed = (): number => performance.now();

export async function createTelemetry(
  config: TelemetryConfig | undefined,
  surroundings: TelemetrySurroundings,
): Promise<Telemetry> {
  const instruments = createInstruments();
  const metrics = createMetrics(instruments);
  const recorder =
    config === undefined
      ? silentRecorder
      : await (await import('./open-telemetry.ts')).openTelemetry(config, instruments, surroundings);
  return {
    sagas: observeSagas(metrics, recorder, elapsed),
    observeRequest: observeRequests(metrics, recorder, elapsed),
    observeMessage: observeMessages(metrics, recorder, elapsed),
    fetch: config === undefined ? fetch : createTracedFetch(recorder),
    countTokens(model, input, output) {
      metrics.tokens.add(input, { model, type: 'input' });
      metrics.tokens.add(output, { model, type: 'output' });
    },
    readMetrics: () => instruments.read(),
    close: () => recorder.close(),
  };
}
