import { BrokerError } from '../broker-error.ts';
import type { RuleConfig } from '../entities-config.ts';
import { compileRule, type Rule } from '../filters/rule.ts';
import type { MessageFields } from '../message.ts';
import type { MessageLog } from './message-log.ts';

export interface SubscriptionRules {
  isMatch(message: MessageFields): boolean;
  list(): readonly RuleConfig[];
  /** @throws BrokerError `entity-exists`, or `bad-argument` for an expression that cannot be parsed. */
  add(rule: RuleConfig): void;
  /** @throws BrokerError `entity-not-found`. */
  remove(name: string): void;
}

/** Rules that clients changed outlive a restart, until the declaration itself changes. */
export function openSubscriptionRules(
  log: MessageLog,
  name: string,
  declared: readonly RuleConfig[],
): SubscriptionRules {
  const declaredText = JSON.stringify(declared);
  const saved = log.rules(name);
  const initial = saved?.declared === declaredText ? (JSON.parse(saved.current) as RuleConfig[]) : declared;
  const rules = new Map<string, Rule>(initial.map((rule) => [rule.name.toLowerCase(), compileRule(rule)]));
  const list = () => [...rules.values()].map(({ config }) => config);
  const save = () => log.saveRules(name, declaredText, JSON.stringify(list()));

  return {
    isMatch: (message) => rules.values().some(({ matches }) => matches(message)),
    list,
    add(rule) {
      const key = rule.name.toLowerCase();
      if (rules.has(key)) throw new BrokerError('entity-exists', `The rule "${rule.name}" exists already in ${name}.`);
      rules.set(key, compileRule(rule));
      save();
    },
    remove(ruleName) {
      if (!rules.delete(ruleName.toLowerCase())) {
        throw new BrokerError(
          'entity-not-found',
          `The messaging entity '${name}/rules/${ruleName}' could not be found.`,
        );
      }
      save();
    },
  };
}
