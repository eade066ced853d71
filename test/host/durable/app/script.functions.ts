import * as df from 'durable-functions';
import { result } from '../../../conformance/app/result.ts';
import { type Leaf, type Script, type Step, leafResult } from './script.ts';

type Context = df.OrchestrationContext['df'];

df.app.activity('Do', { handler: (id: string) => `done ${id}` });
df.app.activity('Refuse', {
  handler: (id: string) => {
    throw new Error(`refused ${id}`);
  },
});

const start = (context: Context, leaf: Leaf): df.Task => {
  switch (leaf.kind) {
    case 'activity':
      return context.callActivity('Do', leaf.id);
    case 'event':
      return context.waitForExternalEvent(leaf.name);
    case 'timer':
      return context.createTimer(new Date(context.currentUtcDateTime.getTime() + leaf.ms));
  }
};

function* runFailure(context: Context, id: string) {
  try {
    return yield* result(context.callActivity('Refuse', id));
  } catch {
    return `caught ${id}`;
  }
}

/** Timers give nothing, and of several tasks it may be any that comes first: neither is part of the result. */
function* runStep(context: Context, step: Exclude<Step, { kind: 'continueAsNew' }>) {
  switch (step.kind) {
    case 'failure':
      return yield* runFailure(context, step.id);
    case 'all':
      yield context.Task.all(step.steps.map((leaf) => start(context, leaf)));
      return step.steps.map(leafResult);
    case 'any':
      yield context.Task.any(step.steps.map((leaf) => start(context, leaf)));
      return 'one of them';
    case 'sub':
      return yield* result(context.callSubOrchestrator('Script', { steps: step.steps, results: [] }));
    case 'timer':
      yield start(context, step);
      return null;
    case 'activity':
    case 'event':
      return yield* result(start(context, step));
  }
}

df.app.orchestration('Script', function* ({ df: context }) {
  const { steps, results } = context.getInput<Script>();
  const gathered = [...results];
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'continueAsNew') {
      context.continueAsNew({ steps: steps.slice(index + 1), results: gathered });
      return undefined;
    }
    gathered.push(yield* runStep(context, step));
  }
  return gathered;
});
