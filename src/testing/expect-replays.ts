import { describeReplay } from '../replay/describe-replay.ts';
import { openApp } from '../replay/open-app.ts';
import { parseRecordedHistory } from '../replay/recorded-history.ts';
import { replayHistory } from '../replay/replay-history.ts';
import type { TestHost } from './create-test-host.ts';
import { startInProcessApp } from './load-in-process.ts';

/** What `GET /api/sagas/{id}/history` would answer: keep it, and hold later code to it. */
export const recordHistory = async (
  host: Pick<TestHost, 'status' | 'history'>,
  instanceId: string,
): Promise<object> => ({ ...(await host.status(instanceId)), historyEvents: await host.history(instanceId) });

/**
 * Holds today's sagas to what instances did before.
 * @param app registers the sagas, or is the folder of an app
 * @throws Error that says of each history in which step today's code does otherwise, what was recorded and what it does now
 */
export async function expectReplays(app: string | (() => unknown), ...histories: readonly unknown[]): Promise<void> {
  const run = await openApp(startInProcessApp, app);
  const differing: string[] = [];
  for (const history of histories) {
    const recorded = parseRecordedHistory(history);
    const replay = await replayHistory(recorded, run);
    if (replay.kind === 'different') differing.push(describeReplay(recorded, replay));
  }
  if (differing.length > 0) throw new Error(differing.join('\n'));
}
