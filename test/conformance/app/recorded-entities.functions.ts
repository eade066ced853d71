/** Entities of the app that the recordings were made with, and who uses them. */
import * as df from 'durable-functions';
import { result } from './result.ts';

const { entity, orchestration } = df.app;
type Context = df.OrchestrationContext;

entity('CounterEntity', ({ df }) => {
  const count = df.getState(() => 0) as number;
  switch (df.operationName) {
    case 'add':
      return df.setState(count + (df.getInput<number>() ?? 0));
    case 'reset':
      return df.setState(0);
    case 'get':
      return df.return(count);
    case 'delete':
      return df.destructOnExit();
    case 'explode':
      throw new Error('entity boom');
    case undefined:
    default:
      return undefined;
  }
});
entity('Relay', ({ df: context }) => {
  if (context.operationName !== 'relay') return;
  context.signalEntity(new df.EntityId('CounterEntity', String(context.getInput())), 'add', 3);
  context.return('relayed');
});
const counterOf = ({ df: context }: Context) => new df.EntityId('CounterEntity', String(context.getInput()));
orchestration('CallsEntity', function* (context) {
  const counter = counterOf(context);
  context.df.signalEntity(counter, 'add', 5);
  yield context.df.callEntity(counter, 'add', 2);
  return yield* result(context.df.callEntity(counter, 'get'));
});
orchestration('CallsFailingEntity', function* (context) {
  try {
    yield context.df.callEntity(counterOf(context), 'explode');
    return 'no error';
  } catch (error) {
    return { caught: (error as Error).message, name: (error as Error).name };
  }
});
orchestration('SchedSignal', function* (context) {
  context.df.signalEntity(counterOf(context), 'add', 1);
  yield context.df.callActivity('Echo', 1);
  return 'signaled';
});
orchestration('RelayEntity', function* ({ df: context }) {
  return yield* result(context.callEntity(new df.EntityId('Relay', 'r'), 'relay', context.getInput()));
});
orchestration('Locks', function* (context) {
  const counter = counterOf(context);
  const lock = (yield context.df.lock(counter)) as df.DurableLock;
  try {
    const v = yield* result(context.df.callEntity(counter, 'get'));
    yield context.df.callEntity(counter, 'add', 1);
    return { v, after: yield* result(context.df.callEntity(counter, 'get')) };
  } finally {
    lock.release();
  }
});
