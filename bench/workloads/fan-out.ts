import { startBenchHost } from '../bench-host.ts';
import { repeat, timed } from '../measure.ts';
import type { Workload } from '../workload.ts';

const instances = 20;
const count = 100;
const payload = 'x'.repeat(1024);

export const fanOutWorkload: Workload = {
  name: 'W3',
  about: `${instances} instances at once, each with ${count} steps at once; 1 KB in, 100 bytes out`,
  async run(setting) {
    const { client, stop } = await startBenchHost(setting);
    await client.startAndWait('fanOut', 'warm', { count, payload });
    const seconds = await timed(() =>
      repeat(instances, instances, (n) => client.startAndWait('fanOut', `fan-${n}`, { count, payload })),
    );
    await stop();
    return [
      {
        what: 'steps',
        value: (instances * count) / seconds,
        unit: '1/s',
        floor: { value: setting.commits.grouped, of: 'one row a step, grouped commits' },
      },
    ];
  },
};
