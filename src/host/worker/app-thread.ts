/** The thread that runs the app. It speaks with the host in messages.ts alone. */
import { pathToFileURL } from 'node:url';
import { collectGarbage } from '../collect-garbage.ts';
import { logFromApp } from './app-log.ts';
import { beginApp } from './app-registry.ts';
import type { InvocationResult } from './contract.ts';
import { appDir, begun, entryPoints, onMessage, send } from './host-port.ts';
import { endApp, loadApp } from './load-app.ts';
import { wholeBuffer } from './messages.ts';
import { provideFunctionsCore } from './provide-functions-core.ts';
import { createReplayMemory } from './replay-memory.ts';
import { runInvocation } from './run-invocation.ts';

const lastLoaded = provideFunctionsCore();
const app = beginApp((level, category, message) => send({ kind: 'log', level, category, message }));
let replays = createReplayMemory();

/** The stack of a SyntaxError in an ES module does not say where it is. */
const explain = (error: Error) =>
  error instanceof SyntaxError && error.stack?.startsWith('SyntaxError')
    ? `${lastLoaded()}\n${error.stack}`
    : error.stack;

/** ES modules and CommonJS alike. */
async function importEntryPoints(): Promise<void> {
  for (const file of entryPoints) await import(pathToFileURL(file).href);
}

const ownedBuffers = (result: InvocationResult) =>
  result.ok && typeof result.http === 'object' ? wholeBuffer(result.http.body) : [];

onMessage((message) => {
  switch (message.kind) {
    case 'invoke': {
      const { call, invocation, replay } = message;
      Atomics.store(begun, 0, call);
      void runInvocation(app, invocation, replay && replays.open(replay)).then((result) =>
        send({ kind: 'result', call, result }, ownedBuffers(result)),
      );
      return;
    }
    case 'rest':
      replays = createReplayMemory();
      return collectGarbage();
    case 'terminate':
      endApp(app)
        .catch((error: unknown) => logFromApp(app, 'error', 'system', `An appTerminate hook failed: ${String(error)}`))
        .finally(() => process.exit());
  }
});

loadApp(app, appDir, importEntryPoints).then(
  (loaded) => send({ kind: 'loaded', app: loaded }),
  (thrown: unknown) => {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    send({ kind: 'loadFailed', message: error.message, stack: explain(error) ?? error.message });
  },
);
