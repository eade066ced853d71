import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { measureFolder, startBenchHost } from '../bench-host.ts';
import { repeat, timed } from '../measure.ts';
import type { Figure, Workload } from '../workload.ts';

const instances = 10_000;
const atOnce = 50;
/** After which the host has noticed that nothing happens. */
const restMs = 8_000;

export const idleWorkload: Workload = {
  name: 'W6',
  about: `${instances} instances wait for an event`,
  async run(setting) {
    const { client, memory, stop } = await startBenchHost(setting);
    const before = memory();
    const seconds = await timed(async () => {
      await repeat(instances, atOnce, (n) => client.start('decision', `waiting-${n}`, null));
      await repeat(instances, atOnce, (n) => client.waitUntil(`waiting-${n}`, 'Running'));
    });
    const busy = memory();
    await sleep(restMs);
    const after = memory();
    await stop();
    const figures: Figure[] = [
      {
        what: 'started and waiting',
        value: instances / seconds,
        unit: '1/s',
        floor: { value: setting.commits.grouped, of: 'one row an instance, grouped commits' },
      },
      { what: 'disk an instance', value: measureFolder(join(setting.folder, 'data')) / instances / 1024, unit: 'KB' },
    ];
    if (before === undefined || busy === undefined || after === undefined) return figures;
    return [
      ...figures,
      { what: 'memory at peak', value: busy.peak, unit: 'MB' },
      {
        what: 'memory while they wait',
        value: after.now,
        unit: 'MB',
        floor: { value: before.now, of: 'the same host with none' },
      },
    ];
  },
};
