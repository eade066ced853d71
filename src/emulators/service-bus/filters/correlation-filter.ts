import type { RuleConfig } from '../entities-config.ts';
import type { MessageFields } from '../message.ts';

export type CorrelationFilter = Exclude<RuleConfig['filter'], { sqlExpression: string }>;

const isEqual = (wanted: unknown, actual: unknown) => wanted === undefined || wanted === actual;

/** Every property the filter names must be equal; upper and lower case differ. */
export function matchesCorrelation(filter: CorrelationFilter, message: MessageFields): boolean {
  const { applicationProperties = {}, ...fields } = filter;
  return (
    Object.entries(fields).every(([name, wanted]) => isEqual(wanted, message[name as keyof typeof fields])) &&
    Object.entries(applicationProperties).every(([name, wanted]) =>
      isEqual(wanted, message.applicationProperties[name]),
    )
  );
}
