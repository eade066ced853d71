import type { SagaView } from '../ops/saga-view.ts';
import { ownInputOf } from './family.ts';

const subjectKeys = ['name', 'id'] as const;

/** What a saga is about, where its input has a name or an id. */
export function subjectOf(saga: SagaView): string | undefined {
  const input = ownInputOf(saga);
  if (typeof input !== 'object' || input === null) return undefined;
  const texts = subjectKeys.map((key) => (input as Readonly<Record<string, unknown>>)[key]);
  return texts.find((text) => typeof text === 'string');
}
