// The test kit: an app in the test's own thread, on the embedded host, in virtual time.

export { createTestHost, type LogLine, type TestHost, type TestHostOptions } from './create-test-host.ts';
export type { DurableEvent, DurableStatus } from './durable-instances.ts';
export { createSagaTestHost, type SagaTestHost, type SagaTestHostOptions } from './create-saga-test-host.ts';
export type { ActivityCall, ActivityFaults } from './activity-faults.ts';
export type { StepAddress } from './step-address.ts';
export { expectReplays, recordHistory } from './expect-replays.ts';
export type { SweepWorld } from './sweep/run-case.ts';
export { sweep, type SweepOptions, type SweepSummary } from './sweep/sweep.ts';
