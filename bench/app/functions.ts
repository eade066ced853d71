import { app, type OrchestrationHandler } from 'durable-functions';
import { steps } from './steps.ts';

// An app of plain Durable Functions, so that its numbers are those of the engine alone.

const answer = 'x'.repeat(100);

app.activity('step', { handler: () => answer });

app.orchestration('steps', steps);

const fanOut: OrchestrationHandler = function* fanOut(context) {
  const { count, payload } = context.df.getInput<{ count: number; payload: string }>();
  const answers = (yield context.df.Task.all(
    Array.from({ length: count }, () => context.df.callActivity('step', payload)),
  )) as unknown[];
  return answers.length;
};
app.orchestration('fanOut', fanOut);

const decision: OrchestrationHandler = function* decision(context) {
  return (yield context.df.waitForExternalEvent('decision')) as unknown;
};
app.orchestration('decision', decision);
