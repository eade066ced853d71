import rhea from 'rhea';
import type { Typed } from 'rhea';
import { BrokerError } from '../broker-error.ts';
import { ruleSchema, type RuleConfig } from '../entities-config.ts';
import type { Reply } from './request-link.ts';
import { readMap, readNumber, readText, type Body, type ManagementRequest, type Operation } from './request-fields.ts';

const { types } = rhea;

/** Descriptor codes of the described lists in which rules are listed ("Message filters and actions", AMQP mapping). */
const codes = {
  ruleDescription: 0x13700000004,
  emptyAction: 0x13700000005,
  sqlFilter: 0x1370000006,
  correlationFilter: 0x1370000009,
} as const;

const sqlCompatibilityLevel = 20;

const correlationFields = {
  'correlation-id': 'correlationId',
  'message-id': 'messageId',
  to: 'to',
  'reply-to': 'replyTo',
  label: 'subject',
  'session-id': 'sessionId',
  'reply-to-session-id': 'replyToSessionId',
  'content-type': 'contentType',
  properties: 'applicationProperties',
} as const;

function readFilter(description: Body): unknown {
  const sql = description['sql-filter'] ?? undefined;
  if (sql !== undefined) return { sqlExpression: readText(readMap(description, 'sql-filter'), 'expression') };
  const filter = readMap(description, 'correlation-filter');
  const given = Object.entries(correlationFields).map(([name, field]) => [field, filter[name] ?? undefined]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function addRule({ peer, entity, body }: ManagementRequest): Reply {
  const { rules } = peer.ports.broker.subscription(entity);
  const description = readMap(body, 'rule-description');
  if ((description['sql-rule-action'] ?? undefined) !== undefined) {
    throw new BrokerError('not-implemented', 'Rule actions are not supported: add the rule without an action.');
  }
  const rule = ruleSchema.safeParse({ name: readText(body, 'rule-name'), filter: readFilter(description) });
  if (!rule.success) {
    const problems = rule.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new BrokerError('bad-argument', `The rule is not valid: ${problems.join('; ')}`);
  }
  rules.add(rule.data);
  return { status: 200 };
}

function removeRule({ peer, entity, body }: ManagementRequest): Reply {
  peer.ports.broker.subscription(entity).rules.remove(readText(body, 'rule-name'));
  return { status: 200 };
}

const describedList = (code: number, items: unknown[]) =>
  types.described(types.wrap_ulong(code), types.wrap_list(items)) as Typed;

function describeFilter(filter: RuleConfig['filter']): Typed {
  if ('sqlExpression' in filter) return describedList(codes.sqlFilter, [filter.sqlExpression, sqlCompatibilityLevel]);
  // The SDK reads the last field as a map also when the filter compares no application properties.
  const fields = { ...filter, applicationProperties: filter.applicationProperties ?? {} };
  return describedList(
    codes.correlationFilter,
    Object.values(correlationFields).map((field) => fields[field]),
  );
}

function listRules({ peer, entity, body }: ManagementRequest): Reply {
  const { rules } = peer.ports.broker.subscription(entity);
  const [skip, top] = [readNumber(body, 'skip', 0), readNumber(body, 'top')];
  const page = rules.list().slice(skip, skip + top);
  if (page.length === 0) return { status: 204, description: 'No rules' };
  const described = page.map(({ name, filter }) => ({
    'rule-description': describedList(codes.ruleDescription, [
      describeFilter(filter),
      describedList(codes.emptyAction, []),
      name,
    ]),
  }));
  return { status: 200, body: { rules: described } };
}

export const ruleOperations: Readonly<Record<string, Operation>> = {
  'com.microsoft:add-rule': addRule,
  'com.microsoft:remove-rule': removeRule,
  'com.microsoft:enumerate-rules': listRules,
};
