import type { SagaView } from '../ops/saga-view.ts';

const subjectKeys = ['name', 'id'] as const;

/** What a saga is about, where its input has a name or an id. */
export function subjectOf({ input }: SagaView): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const texts = subjectKeys.map((key) => (input as Readonly<Record<string, unknown>>)[key]);
  return texts.find((text) => typeof text === 'string');
}
