import { join } from 'node:path';
import { readCommandLine } from '../command-line.ts';
import { parseServicesArguments, servicesOnlyUsage } from './arguments.ts';
import { startLocalServices } from './local-services.ts';

// `npm run services`: the local services alone, for a host that runs elsewhere, such as Azure Functions Core Tools. It prints a
// local.settings.json for that host.

const { dataDir, servicePorts } = readCommandLine(servicesOnlyUsage, (args) =>
  parseServicesArguments(args, process.env),
);
try {
  const { environment } = await startLocalServices({ dataDir: join(dataDir, 'services'), ports: servicePorts });
  const values = { FUNCTIONS_WORKER_RUNTIME: 'node', ...environment, DEV_FAULTS: 'on' };
  process.stdout.write(`${JSON.stringify({ IsEncrypted: false, Values: values }, undefined, 2)}\n`);
  process.stderr.write('The local services run until Ctrl-C.\n');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.stderr.write(
    'No settings were printed: a file that this was to write is empty. Run it again when that is mended.\n',
  );
  process.exit(1);
}
