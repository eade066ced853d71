import type { Entry } from '../audit/entry.ts';
import type { SagaView } from '../ops/saga-view.ts';
import { isObject } from './step-runs.ts';

/** The saga that runs this one as a part of it: the engine hands a part its commission around its input. */
export function parentOf({ input }: Pick<SagaView, 'input'>): string | undefined {
  if (!isObject(input) || !isObject(input['$saga']) || !isObject(input['$saga']['commission'])) return undefined;
  const { parent } = input['$saga']['commission'];
  return typeof parent === 'string' ? parent : undefined;
}

/** What the saga itself sees as its input. */
export const ownInputOf = ({ input }: Pick<SagaView, 'input'>): unknown =>
  isObject(input) && isObject(input['$saga']) ? input['input'] : input;

/** The instance of a sub-saga that an entry of its parent's trail tells of. */
export function childOf({ kind, data }: Entry): string | undefined {
  if (kind !== 'sub-saga' || !isObject(data) || typeof data['instanceId'] !== 'string') return undefined;
  return data['instanceId'];
}
