import type { OrchestrationHandler } from 'durable-functions';

/** Activities one after the other. */
export const steps: OrchestrationHandler = function* steps(context) {
  const { count, payload } = context.df.getInput<{ count: number; payload: string }>();
  for (let done = 0; done < count; done++) yield context.df.callActivity('step', payload);
  return count;
};
