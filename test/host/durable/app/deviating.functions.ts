/** Orchestrations that go wrong on the real engine. */
import * as df from 'durable-functions';
import { result } from '../../../conformance/app/result.ts';

df.app.orchestration('CatchesMissing', function* ({ df }) {
  const caught: string[] = [];
  for (const task of [() => df.callActivity('Nowhere', 1), () => df.callSubOrchestrator('Nowhere', 1)]) {
    try {
      yield task();
    } catch (error) {
      caught.push((error as Error).message);
    }
  }
  return caught;
});
df.app.orchestration('FirstOfTwo', function* ({ df }) {
  const slow = df.callActivity('Do', 'slow');
  const winner = yield* result(df.Task.any([df.callActivity('Do', 'fast'), slow]));
  return winner !== slow;
});
df.app.orchestration('WaitsOnce', function* ({ df }) {
  return yield* result(df.waitForExternalEvent('Go'));
});
df.app.orchestration('FailsBeside', function* ({ df }) {
  const once = df.callActivity('FailOnce', df.instanceId);
  const beside = df.callActivity('Do', 'beside');
  yield df.Task.any([once, beside]);
  const value = yield* result(once);
  return [value, yield* result(beside)];
});
const failed = new Set<unknown>();
df.app.activity('FailOnce', {
  handler: (key: string) => {
    if (failed.has(key)) return 'second time';
    failed.add(key);
    throw new Error('first time');
  },
});
