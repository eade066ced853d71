/** Runs the emulator for tests that kill it. Arguments: the database file and the port. */
import { startServiceBusEmulator } from '../../../src/emulators/service-bus/index.ts';

const [, , databaseFile = ':memory:', port = '0'] = process.argv;
const emulator = await startServiceBusEmulator({
  databaseFile,
  port: Number(port),
  entities: {
    queues: [
      { name: 'orders', requiresDuplicateDetection: true },
      { name: 'sessions', requiresSession: true },
    ],
  },
});
process.stdout.write(`${emulator.connectionString}\n`);
