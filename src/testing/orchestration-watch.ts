import type { HistoryEvent } from '../host/durable/history.ts';
import { type OrchestratorAnswer, parseAnswer } from '../host/durable/orchestrator-answer.ts';
import type { AppFunction, Invocation, InvocationResult } from '../host/worker/contract.ts';
import { computePendingWork, describePendingWork } from './pending-work.ts';

/** Sees each episode of each orchestration. */
export interface OrchestrationWatch {
  note(invocation: Invocation, result: InvocationResult): void;
  /** What an instance that has not ended waits for. */
  readonly describe: (instanceId: string) => string;
  /** Instances that completed with a timer left running: on Azure they would end only with it. One sentence each. */
  leaks(): readonly string[];
}

interface Episode {
  readonly functionName: string;
  readonly history: readonly HistoryEvent[];
  readonly answer: OrchestratorAnswer;
}

interface OrchestratorBody {
  readonly instanceId: string;
  readonly history: readonly HistoryEvent[];
}

export function createOrchestrationWatch(functions: readonly AppFunction[]): OrchestrationWatch {
  const triggers = new Map(
    functions.flatMap(({ name, bindings }) =>
      bindings.flatMap((binding) => (binding.type === 'orchestrationTrigger' ? [[name, binding.name] as const] : [])),
    ),
  );
  const episodes = new Map<string, Episode>();
  return {
    note(invocation, result) {
      const { functionName, inputs } = invocation;
      const input = inputs.get(triggers.get(functionName) ?? '');
      if (input === undefined || !('string' in input)) return;
      const { instanceId, history } = JSON.parse(input.string) as OrchestratorBody;
      episodes.set(instanceId, { functionName, history, answer: parseAnswer(functionName, result) });
    },
    describe(instanceId) {
      const episode = episodes.get(instanceId);
      if (!episode) return 'waits for its first episode';
      return describePendingWork(computePendingWork(episode.history, episode.answer.actions));
    },
    leaks: () =>
      [...episodes].flatMap(([instanceId, { functionName, history, answer }]) => {
        const timers = answer.end.kind === 'done' ? computePendingWork(history, answer.actions).timers : [];
        // The host may have dated one that was due at once by a clock of its own, which lags.
        const endedAt = Date.parse(history.at(-1)?.Timestamp ?? '');
        const running = timers.filter((due) => due > endedAt);
        return running.map(
          (due) =>
            `Instance "${instanceId}" of ${functionName} completed and left a timer running until ${new Date(due).toISOString()}. Cancel it.`,
        );
      }),
  };
}
