/** An engine with the app of this folder in a process of its own: `host-process.ts DATABASE`. Prints where it listens. */
import { createTestEngine, serveRpc, startTestApp } from './engine-harness.ts';

const [, , databaseFile = ''] = process.argv;
const worker = await startTestApp();
const engine = createTestEngine({ functions: worker.functions, invoke: worker.invoke, databaseFile });
engine.start();
const { url } = await serveRpc(() => engine);
process.stdout.write(`${url}\n`);
