import { join } from 'node:path';
import { measureFolder, startBenchHost } from '../bench-host.ts';
import { percentile, repeat, timed } from '../measure.ts';
import type { Workload } from '../workload.ts';

const instances = 1000;
const atOnce = 50;
const count = 5;
const payload = 'x'.repeat(1024);
const answerBytes = 100;

export const stepsWorkload: Workload = {
  name: 'W1',
  about: `${instances} instances of ${count} steps one after the other, ${atOnce} at a time; 1 KB in, 100 bytes out`,
  async run(setting) {
    const host = await startBenchHost(setting);
    const run = (id: string): Promise<number> => timed(() => host.client.startAndWait('steps', id, { count, payload }));
    await repeat(atOnce, atOnce, (n) => run(`warm-${n}`));
    const before = host.processorTime();
    let latencies: number[] = [];
    const seconds = await timed(async () => {
      latencies = await repeat(instances, atOnce, (n) => run(`steps-${n}`));
    });
    const processor = (host.processorTime() ?? Number.NaN) - (before ?? Number.NaN);
    await host.stop();
    return [
      {
        what: 'instances',
        value: instances / seconds,
        unit: '1/s',
        floor: { value: setting.commits.grouped / (count + 1), of: `${count + 1} rows an instance, grouped commits` },
      },
      { what: 'start to end, p50', value: percentile(latencies, 0.5) * 1000, unit: 'ms' },
      { what: 'start to end, p99', value: percentile(latencies, 0.99) * 1000, unit: 'ms' },
      { what: 'processor time an instance', value: (processor / instances) * 1000, unit: 'ms' },
      {
        what: 'disk an instance',
        value: measureFolder(join(setting.folder, 'data')) / (instances + atOnce) / 1024,
        unit: 'KB',
        floor: { value: (payload.length + count * answerBytes) / 1024, of: 'its input and answers, bare' },
      },
    ];
  },
};
