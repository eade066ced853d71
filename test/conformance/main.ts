/**
 * Holds a host over HTTP: one that runs `test/conformance/app` to what the real engine was recorded to do, and with `--sagas` one that
 * runs the app to what its sagas promise: `npm run conformance -- --url URL`.
 */
import { parseArgs } from 'node:util';
import { readCommandLine } from '../../src/command-line.ts';
import { startCalledServer } from './called-server.ts';
import { createHttpTarget } from './http-target.ts';
import { lookForApp, lookForRecordedApp } from './look-for-app.ts';
import { createSagaClient } from './saga-client.ts';
import { createSagaSuite, notTried, outOfReach } from './saga-suite.ts';
import { type Check, createSuite } from './suite.ts';

const usage = `Usage: npm run conformance -- --url URL [--code KEY] [--seed N] [--sequences N]
       npm run conformance -- --url URL --sagas [--code KEY] [--key KEY] [--trade URL] [--patience SECONDS]
  --url        where a host runs test/conformance/app, e.g. http://localhost:7071; on this machine, since it calls back over HTTP
  --code       the durable task extension's system key, where the host asks for one
  --seed       repeats the random sequences of an earlier run
  --sequences  how many of them (20)
  --sagas      the host runs this app, with the local outside systems (npm run services): its sagas are tried
  --key        a function key for the API, where the host asks for one
  --trade      where those systems are, to compare what they have done, e.g. http://127.0.0.1:7080
  --patience   how long one step of the way may take (300)
  --help       this`;

const print = (text: string) => void process.stdout.write(text);

const { url, values } = readCommandLine(usage, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      url: { type: 'string' },
      code: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      sequences: { type: 'string', default: '20' },
      sagas: { type: 'boolean', default: false },
      key: { type: 'string' },
      trade: { type: 'string' },
      patience: { type: 'string', default: '300' },
    },
  });
  if (values.url === undefined) throw new Error('--url is missing: say where a host runs.');
  return { url: values.url.replace(/\/$/, ''), values };
});

interface Results {
  passed: number;
  failed: number;
  notTried: number;
}

async function runAll(checks: readonly Check[], results: Results, atOnce: number): Promise<void> {
  const waiting = [...checks];
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      try {
        const note = await check.run();
        const isTried = note?.startsWith(notTried) !== true;
        results[isTried ? 'passed' : 'notTried']++;
        print(`${isTried ? 'ok     ' : 'skipped'} ${check.name}${note === undefined ? '' : ` (${note})`}\n`);
      } catch (error) {
        results.failed++;
        print(`FAILED  ${check.name}\n${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function checkHost(results: Results): Promise<void> {
  const called = await startCalledServer();
  // Does not keep the process when there is nothing to hold to anything.
  called.server.unref();
  const target = createHttpTarget(url, values.code, called.url);
  await lookForRecordedApp(target);
  // Sorts before those of earlier runs on the same host, whose entities would else fill the first pages of lists.
  const prefix = `c${(2 ** 44 - Date.now()).toString(36)}`;
  const options = { prefix, patience: 30_000 };
  const suite = createSuite(target, { ...options, seed: Number(values.seed), sequences: Number(values.sequences) });
  await runAll(suite, results, 4);
  called.server.close();
}

async function checkSagas(results: Results): Promise<void> {
  await lookForApp(url);
  const { key, code, trade, patience } = values;
  const client = createSagaClient({ url, key, code, trade, patience: Number(patience) * 1000 });
  const { together, alone } = createSagaSuite(client);
  await runAll(together, results, 4);
  await runAll(alone, results, 1);
  if (trade === undefined) print('What the outside systems have done was not compared: give --trade URL.\n');
  print(`${outOfReach}\n`);
}

try {
  const results: Results = { passed: 0, failed: 0, notTried: 0 };
  await (values.sagas ? checkSagas : checkHost)(results);
  const { passed, failed } = results;
  print(`${passed} checks passed, ${failed} failed, ${results.notTried} could not be tried.\n`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
