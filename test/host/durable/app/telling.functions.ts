/** What orchestrations are told of their children: versions, and failures with properties. */
import * as df from 'durable-functions';
import { TaskFailedError } from 'durable-functions';
import { result } from '../../../conformance/app/result.ts';

df.app.orchestration('TellsVersion', function* ({ df }) {
  return df.version ?? null;
});
df.app.orchestration('AsksVersions', function* ({ df }) {
  const versions: unknown[] = [];
  for (const version of [undefined, '', '1.5']) {
    versions.push(yield* result(df.callSubOrchestrator('TellsVersion', null, undefined, version)));
  }
  return versions;
});

class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code = 7;
}

df.app.setExceptionPropertiesProvider({
  getExceptionProperties: (error) => (error instanceof RefusedError ? { code: error.code, nothing: null } : undefined),
});
df.app.activity('RefuseWithCode', {
  handler: () => {
    throw new RefusedError('not today');
  },
});
df.app.orchestration('PassesRefusalOn', function* ({ df }) {
  yield df.callActivity('RefuseWithCode');
});
df.app.orchestration('CatchesRefusals', function* ({ df }) {
  const caught: unknown[] = [];
  for (const task of [() => df.callActivity('RefuseWithCode'), () => df.callSubOrchestrator('PassesRefusalOn')]) {
    try {
      yield task();
    } catch (error) {
      if (!(error instanceof TaskFailedError)) throw error;
      const { errorType, errorMessage, properties } = error.failureDetails;
      caught.push({ errorType, errorMessage, properties });
    }
  }
  return caught;
});
