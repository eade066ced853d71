import { DummyOrchestrationContext } from 'durable-functions';
import { createOrchestrator } from 'durable-functions/lib/src/util/testingUtils.js';
import { steps } from './app/steps.ts';

const createContext = () => new DummyOrchestrationContext('steps', 'replay', () => {});

export interface ReplayFloor {
  readonly seconds: number;
  /** Of all threads: what collects garbage too. */
  readonly processorSeconds: number;
}

/**
 * What the library alone takes to replay an instance of `count` steps: one call a step, each with the whole history so far as text and
 * an answer as text, since that is all that crosses between a host and the library.
 */
export async function measureReplayFloor(count: number, payload: string): Promise<ReplayFloor> {
  const orchestrator = createOrchestrator(steps);
  const input = { count, payload };
  const at = new Date(0).toISOString();
  const started = { EventType: 12, EventId: -1, IsPlayed: false, Timestamp: at };
  const completed = { ...started, EventType: 13 };
  const begun = {
    EventType: 0,
    Name: 'steps',
    Input: JSON.stringify(input),
    EventId: -1,
    IsPlayed: true,
    Timestamp: at,
  };
  const events: string[] = [started, begun].map((event) => JSON.stringify(event));
  let seconds = 0;
  let processorMicroseconds = 0;
  for (let step = 0; step <= count; step++) {
    const rest = JSON.stringify({
      input,
      instanceId: 'replay',
      isReplaying: step > 0,
      upperSchemaVersion: 1,
      upperSchemaVersionNew: 3,
    });
    const body = `{"history":[${events.join(',')}],${rest.slice(1)}`;
    const since = performance.now();
    const before = process.cpuUsage();
    JSON.stringify(await orchestrator(JSON.parse(body), createContext()));
    const { user, system } = process.cpuUsage(before);
    processorMicroseconds += user + system;
    seconds += (performance.now() - since) / 1000;
    const scheduled = { EventType: 4, EventId: step, Name: 'step', Input: null, IsPlayed: false, Timestamp: at };
    const outcome = { EventType: 5, EventId: -1, TaskScheduledId: step, Result: '"x"', IsPlayed: true, Timestamp: at };
    events.push(...[scheduled, completed, started, outcome].map((event) => JSON.stringify(event)));
  }
  return { seconds, processorSeconds: processorMicroseconds / 1e6 };
}
