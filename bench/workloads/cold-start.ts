import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startBenchHost } from '../bench-host.ts';
import { percentile, timed } from '../measure.ts';
import type { Workload } from '../workload.ts';

const runs = 5;

export const coldStartWorkload: Workload = {
  name: 'W5',
  about: `from the start of the process to the first completed instance of one step, median of ${runs}`,
  async run(setting) {
    const ours: number[] = [];
    const bare: number[] = [];
    for (let run = 0; run < runs; run++) {
      const own = { ...setting, folder: join(setting.folder, String(run)) };
      ours.push(
        await timed(async () => {
          const { client, stop } = await startBenchHost(own);
          await client.startAndWait('steps', 'first', { count: 1, payload: '' });
          void stop();
        }),
      );
      bare.push(await timed(loadLibrary));
    }
    return [
      {
        what: 'cold start to first completion',
        value: percentile(ours, 0.5),
        unit: 's',
        floor: { value: percentile(bare, 0.5), of: 'Node loads durable-functions and ends' },
      },
    ];
  },
};

const loadLibrary = (): Promise<unknown> =>
  promisify(execFile)(process.execPath, ['--input-type=module', '--eval', "import 'durable-functions'"], {
    cwd: import.meta.dirname,
  });
