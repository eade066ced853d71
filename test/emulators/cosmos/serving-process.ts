/** Runs a server in a process of its own, to be killed: prints its connection string, then serves. */
import { startCosmosEmulator } from '../../../src/emulators/cosmos/index.ts';

const [dataDir = ''] = process.argv.slice(2);
const { connectionString } = await startCosmosEmulator({ dataDir, port: 0 });
process.stdout.write(`${connectionString}\n`);
