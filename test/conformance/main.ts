/** Holds a host that runs `test/conformance/app` to what the real engine was recorded to do: `npm run conformance -- --url URL`. */
import { parseArgs } from 'node:util';
import { startCalledServer } from './called-server.ts';
import { createHttpTarget } from './http-target.ts';
import { type Check, createSuite } from './suite.ts';

const usage = `Usage: npm run conformance -- --url URL [--code KEY] [--seed N] [--sequences N]
  --url        where a host runs test/conformance/app, e.g. http://localhost:7071; on this machine, since it calls back over HTTP
  --code       the durable task extension's system key, where the host asks for one
  --seed       repeats the random sequences of an earlier run
  --sequences  how many of them (20)
`;

const print = (text: string) => void process.stdout.write(text);

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    code: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    sequences: { type: 'string', default: '20' },
  },
});

const atOnce = 4;

async function runAll(checks: readonly Check[]): Promise<number> {
  const waiting = [...checks];
  let failures = 0;
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      try {
        const note = await check.run();
        print(`ok      ${check.name}${note === undefined ? '' : ` (${note})`}\n`);
      } catch (error) {
        failures++;
        print(`FAILED  ${check.name}\n${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return failures;
}

async function run(url: string): Promise<void> {
  const called = await startCalledServer();
  const target = createHttpTarget(url.replace(/\/$/, ''), values.code, called.url);
  const options = { prefix: `c${Date.now().toString(36)}`, patience: 30_000 };
  const suite = createSuite(target, { ...options, seed: Number(values.seed), sequences: Number(values.sequences) });
  const failures = await runAll(suite);
  called.server.close();
  print(`${suite.length - failures} of ${suite.length} checks passed.\n`);
  process.exitCode = failures === 0 ? 0 : 1;
}

if (values.url === undefined) {
  print(usage);
  process.exitCode = 2;
} else await run(values.url);
