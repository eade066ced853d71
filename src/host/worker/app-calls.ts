import type { Invocation, InvocationResult, ReplayBody } from './contract.ts';
import type { Call } from './limit-run-time.ts';
import { wholeBuffer, type ToAppThread } from './messages.ts';
import { createReplayLedger } from './replay-ledger.ts';
import { WorkerGoneError } from './worker-errors.ts';

/** Characters of JSON; parsed, they take about three times as many bytes. */
const replayCapacity = 8 * 1024 * 1024;

/** Events. A shorter history is as soon parsed as remembered. */
const shortestReplay = 32;

/** An orchestrator's call without its text, where that is better sent in parts. */
function splitReplay(invocation: Invocation): { readonly invocation: Invocation; readonly body?: ReplayBody } {
  for (const [name, value] of invocation.inputs) {
    if (value === undefined || !('string' in value) || value.replay === undefined) continue;
    const isShort = value.replay.settled.length < shortestReplay;
    const inputs = new Map(invocation.inputs).set(name, isShort ? { string: value.string } : undefined);
    return { invocation: { ...invocation, inputs }, ...(!isShort && { body: value.replay }) };
  }
  return { invocation };
}

/** Calls under way, by number; a thread that ends fails them all. */
export function createAppCalls(
  post: (message: ToAppThread, owned: ArrayBuffer[]) => void,
  begun: Int32Array<SharedArrayBuffer>,
) {
  const open = new Map<number, PromiseWithResolvers<InvocationResult>>();
  let replays = createReplayLedger(replayCapacity);
  let last = 0;
  return {
    start: (given: Invocation): Call => {
      const call = ++last;
      const answer = Promise.withResolvers<InvocationResult>();
      open.set(call, answer);
      const { invocation, body } = splitReplay(given);
      const ledger = replays;
      const replay = body && ledger.send(body);
      post({ kind: 'invoke', call, invocation, ...(replay && { replay }) }, wholeBuffer(invocation.http?.body));
      const settle = async (): Promise<InvocationResult> => {
        const result = await answer.promise;
        if (replay) ledger.noteAnswer(replay.history, result);
        return result;
      };
      return { result: settle(), hasBegun: () => Atomics.load(begun, 0) >= call };
    },
    finish(call: number, result: InvocationResult) {
      open.get(call)?.resolve(result);
      open.delete(call);
    },
    forgetReplays() {
      replays = createReplayLedger(replayCapacity);
    },
    failAll(reason: string) {
      for (const answer of open.values()) answer.reject(new WorkerGoneError(reason));
      open.clear();
    },
  };
}
