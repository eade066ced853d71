import { join } from 'node:path';
import { parseStartArguments, usage } from './arguments.ts';
import { startLocalServices } from './local-services.ts';

// `npm run services`: the local services alone, for a host that runs elsewhere, such as Azure Functions Core Tools. It prints a
// local.settings.json for that host.

try {
  const given = parseStartArguments(process.argv.slice(2), process.env);
  if (given === 'help') {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  const { dataDir, servicePorts } = given;
  const { environment } = await startLocalServices({ dataDir: join(dataDir, 'services'), ports: servicePorts });
  const values = { FUNCTIONS_WORKER_RUNTIME: 'node', ...environment, DEV_FAULTS: 'on' };
  process.stdout.write(`${JSON.stringify({ IsEncrypted: false, Values: values }, undefined, 2)}\n`);
  process.stderr.write('The local services run until Ctrl-C.\n');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
  process.exit(1);
}
