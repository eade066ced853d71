import type { RuleConfig } from '../entities-config.ts';
import type { MessageFields } from '../message.ts';
import { matchesCorrelation } from './correlation-filter.ts';
import { compileSqlFilter } from './sql-filter.ts';

export interface Rule {
  readonly config: RuleConfig;
  readonly matches: (message: MessageFields) => boolean;
}

/** @throws BrokerError `bad-argument` for an SQL expression that cannot be parsed. */
export function compileRule(config: RuleConfig): Rule {
  const { filter } = config;
  if ('sqlExpression' in filter) return { config, matches: compileSqlFilter(filter.sqlExpression) };
  return { config, matches: (message) => matchesCorrelation(filter, message) };
}
