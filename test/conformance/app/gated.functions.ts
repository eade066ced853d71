/** The shape by which a saga fails and can be rewound: the only activity that ever fails is the gate, and it comes last. */
import * as df from 'durable-functions';
import { result } from './result.ts';

interface Attempt {
  readonly ok: boolean;
  readonly value?: string;
  readonly error?: unknown;
}

/** The gate sees by the instance's old output that it has failed at this very place before. */
df.app.activity('Gate', {
  extraInputs: [df.input.durableClient()],
  handler: async ({ instanceId, n, error }: { instanceId: string; n: number; error: unknown }, context) => {
    const { output } = await df.getClient(context).getStatus(instanceId);
    if (JSON.stringify(output ?? '').includes(`gate#${n}#`)) return { action: 'retry' };
    throw new Error(`gate#${n}# ${JSON.stringify(error)}`);
  },
});

df.app.orchestration('Gated', function* ({ df }) {
  const log: unknown[] = [];
  for (let gate = 1; ; gate++) {
    log.push(yield* result(df.callActivity('Echo', 'do 1')));
    let attempt = (yield* result(df.callActivity('TryIt', df.instanceId))) as Attempt;
    if (!attempt.ok) {
      yield df.createTimer(new Date(df.currentUtcDateTime.getTime() + 1500));
      attempt = (yield* result(df.callActivity('TryIt', df.instanceId))) as Attempt;
    }
    if (attempt.ok) {
      log.push(attempt.value, yield* result(df.callActivity('Echo', 'do 3')));
      return log;
    }
    log.push(yield* result(df.callActivity('Echo', 'undo 1')));
    yield df.callActivity('Gate', { instanceId: df.instanceId, n: gate, error: attempt.error });
    log.push(`rewound ${gate}`);
  }
});
