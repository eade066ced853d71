import { startBenchHost } from '../bench-host.ts';
import { timed } from '../measure.ts';
import { measureReplayFloor } from '../replay-floor.ts';
import type { Figure, Workload } from '../workload.ts';

const lengths = [250, 1000];
const payload = 'x'.repeat(1024);

export const longHistoryWorkload: Workload = {
  name: 'W4',
  about: `one instance of ${lengths.join(' and of ')} steps one after the other`,
  async run(setting) {
    const { client, processorTime, stop } = await startBenchHost(setting);
    await client.startAndWait('steps', 'warm', { count: 50, payload });
    await measureReplayFloor(50, payload);
    const figures: Figure[] = [];
    for (const count of lengths) {
      const before = processorTime() ?? Number.NaN;
      const seconds = await timed(() => client.startAndWait('steps', `long-${count}`, { count, payload }));
      const processor = (processorTime() ?? Number.NaN) - before;
      const replay = await measureReplayFloor(count, payload);
      const commits = (count + 1) / setting.commits.single;
      const figure = { what: `${count} steps`, value: seconds, unit: 's' };
      const of = 'replay by durable-functions alone';
      figures.push(
        { ...figure, floor: { value: replay.seconds, of } },
        {
          what: `${count} steps, processor time`,
          value: processor,
          unit: 's',
          floor: { value: replay.processorSeconds, of },
        },
        { ...figure, floor: { value: commits, of: 'one commit a step' } },
      );
    }
    await stop();
    return figures;
  },
};
