/** Entities that are read and written apart, so that only a lock keeps two orchestrations from losing what the other wrote. */
import * as df from 'durable-functions';
import { result } from '../../../conformance/app/result.ts';

df.app.entity('Account', ({ df }) => {
  if (df.operationName === 'set') df.setState(df.getInput());
  else df.return(df.getState(() => 100));
});

export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  /** Ends inside the critical section instead of leaving it. */
  readonly leave?: 'without release' | 'by waiting';
}

const account = (key: string) => new df.EntityId('Account', key);

df.app.orchestration('Transfer', function* ({ df }) {
  const { from, to, amount, leave } = df.getInput<Transfer>();
  const lock = (yield df.lock(account(from), account(to))) as { release: () => void };
  if (leave === 'by waiting') yield df.waitForExternalEvent('Never');
  const left = Number(yield* result(df.callEntity(account(from), 'get'))) - amount;
  const right = Number(yield* result(df.callEntity(account(to), 'get'))) + amount;
  yield df.callActivity('Do', 'between');
  yield df.callEntity(account(from), 'set', left);
  yield df.callEntity(account(to), 'set', right);
  if (leave === undefined) lock.release();
  return [left, right];
});

df.app.orchestration('CallsMissingEntity', function* ({ df: context }) {
  try {
    yield context.callEntity(new df.EntityId('Nowhere', 'k'), 'get');
    return 'no error';
  } catch (error) {
    return (error as Error).message;
  }
});

df.app.activity('Deposit', {
  extraInputs: [df.input.durableClient()],
  handler: async (amount: number, context) => {
    const client = df.getClient(context);
    const unknown = await client.readEntityState(account('client'));
    await client.signalEntity(account('client'), 'set', amount);
    for (;;) {
      const { entityExists, entityState } = await client.readEntityState(account('client'));
      if (entityExists) return [unknown.entityExists, entityState];
    }
  },
});
df.app.orchestration('Deposits', function* ({ df }) {
  return yield* result(df.callActivity('Deposit', df.getInput()));
});
