import type { GateDecision, GateDecisions } from '../saga/operate.ts';

export function createInMemoryDecisions(): GateDecisions {
  const decisions = new Map<string, GateDecision>();
  return {
    async read(instanceId, createdTime, gate) {
      return decisions.get(keyOf(instanceId, createdTime, gate));
    },
    async claim(instanceId, createdTime, gate, decision) {
      const key = keyOf(instanceId, createdTime, gate);
      const first = decisions.get(key) ?? decision;
      decisions.set(key, first);
      return first;
    },
  };
}

const keyOf = (instanceId: string, createdTime: Date, gate: number) =>
  `${instanceId} ${createdTime.toISOString()} ${gate}`;
