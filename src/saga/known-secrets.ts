import type { z } from 'zod';
import type { Execution } from './execution.ts';
import { findSecrets } from './sensitive.ts';

/** What is sensitive in the input of a saga, and in what its steps were given and gave: its own texts may be made of it. */
export function findKnownSecrets(
  schema: z.ZodType,
  input: unknown,
  { ledger, activities }: Pick<Execution, 'ledger' | 'activities'>,
): ReadonlySet<string> {
  const secrets = new Set(findSecrets(schema, input));
  for (const { activity: name, input, output } of ledger) {
    const activity = activities.get(name);
    if (activity === undefined) continue;
    for (const secret of findSecrets(activity.input, input)) secrets.add(secret);
    for (const secret of findSecrets(activity.output, output)) secrets.add(secret);
  }
  return secrets;
}
