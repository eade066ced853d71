import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceClients } from './connections/service-clients.ts';
import type { DurableEngine } from './durable/index.ts';
import type { HttpServer } from './http/http-server.ts';
import type { Log } from './log.ts';
import type { RunningTrigger } from './triggers/trigger.ts';
import type { AppWorker } from './worker/app-worker.ts';

export interface WorkToStop {
  readonly main: Pick<HttpServer, 'close'>;
  readonly worker: Pick<AppWorker, 'stop'>;
  readonly engine: Pick<DurableEngine, 'stop'>;
  readonly triggers: RunningTrigger;
  readonly clients: Pick<ServiceClients, 'close'>;
  readonly log: Log;
}

/** Of what is left when the functions have ended or been cut off: messages to give back, connections to close. */
const lastGraceMs = 2_000;

/** First what brings work, then what does it. The rpc server stays: functions call it until they end. */
export async function stopFunctions(
  { main, worker, engine, triggers, clients, log }: WorkToStop,
  graceMs: number,
): Promise<void> {
  const end = Date.now() + graceMs;
  const triggersStop = triggers
    .stop()
    .catch((error: unknown) => log('warning', 'Host.Triggers', `A trigger did not stop in order: ${String(error)}`));
  await Promise.all([main.close(graceMs), settledWithin(triggersStop, graceMs)]);
  const engineStop = engine.stop();
  await settledWithin(engineStop, Math.max(0, end - Date.now()));
  // Functions that still run are cut off here, which lets the engine and the triggers end too.
  await worker.stop();
  await engineStop;
  await settledWithin(
    triggersStop.then(() => clients.close()),
    lastGraceMs,
  );
}

async function settledWithin(work: Promise<void>, milliseconds: number): Promise<void> {
  const inTime = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: inTime.signal }).catch(() => {});
  await Promise.race([Promise.allSettled([work]), late]);
  inTime.abort();
}
