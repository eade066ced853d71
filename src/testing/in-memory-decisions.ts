import type { GateDecision, GateDecisions } from '../saga/operate.ts';

export function createInMemoryDecisions(): GateDecisions {
  const decisions = new Map<string, GateDecision>();
  return {
    async read(instanceId, createdTime, gate) {
      return decisions.get(keyOf(instanceId, createdTime, gate));
    },
    async write(instanceId, createdTime, gate, decision) {
      decisions.set(keyOf(instanceId, createdTime, gate), decision);
    },
  };
}

const keyOf = (instanceId: string, createdTime: Date, gate: number) =>
  `${instanceId} ${createdTime.toISOString()} ${gate}`;
