import { startBlobEmulator } from '../../../src/emulators/blob/index.ts';

// Serves blobs out of the folder given until it is killed.
const [dataDir = ''] = process.argv.slice(2);
const { connectionString } = await startBlobEmulator({ dataDir, port: 0 });
process.stdout.write(`${connectionString}\n`);
