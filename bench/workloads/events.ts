import { startBenchHost } from '../bench-host.ts';
import { repeat, timed } from '../measure.ts';
import type { Workload } from '../workload.ts';

const instances = 1000;
const atOnce = 50;

export const eventsWorkload: Workload = {
  name: 'W2',
  about: `${instances} instances wait for an event; all are raised, ${atOnce} at a time, until all have completed`,
  async run(setting) {
    const { client, stop } = await startBenchHost(setting);
    await repeat(instances, atOnce, (n) => client.start('decision', `waiting-${n}`, null));
    await repeat(instances, 1, (n) => client.waitUntil(`waiting-${n}`, 'Running'));
    let accepted = 0;
    const seconds = await timed(async () => {
      accepted = await timed(() =>
        repeat(instances, atOnce, (n) => client.raise(`waiting-${n}`, 'decision', { approved: true })),
      );
      await repeat(instances, 1, (n) => client.waitUntil(`waiting-${n}`, 'Completed'));
    });
    await stop();
    const floor = { value: setting.commits.grouped, of: 'one row an event, grouped commits' };
    return [
      { what: 'events accepted', value: instances / accepted, unit: '1/s', floor },
      { what: 'events acted upon', value: instances / seconds, unit: '1/s', floor },
    ];
  },
};
