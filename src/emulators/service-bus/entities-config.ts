import { z } from 'zod';

const entityName = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[\w./-]{0,258}[A-Za-z0-9])?$/u,
    'must be 1-260 letters, digits, ".", "-", "_" or "/" and begin and end with a letter or digit',
  );
const partName = z.string().regex(/^[\w$][\w.$-]{0,49}$/u, 'must be 1-50 letters, digits, ".", "-", "_" or "$"');
const seconds = z.number().positive('must be more than 0 seconds');
const lockDurationSeconds = seconds.max(300, 'must be at most 300 seconds, as the service allows').default(60);

const ruleValue = z.union([z.string(), z.number(), z.boolean()]);

const correlationFilter = z
  .strictObject({
    correlationId: z.string().optional(),
    messageId: z.string().optional(),
    to: z.string().optional(),
    replyTo: z.string().optional(),
    subject: z.string().optional(),
    sessionId: z.string().optional(),
    replyToSessionId: z.string().optional(),
    contentType: z.string().optional(),
    applicationProperties: z.record(z.string(), ruleValue).optional(),
  })
  .refine((filter) => Object.values(filter).some((value) => value !== undefined), 'must compare at least one property');

/** The shapes of @azure/service-bus: `SqlRuleFilter` and `CorrelationRuleFilter`. */
export const ruleSchema = z.strictObject({
  name: partName,
  filter: z.union([z.strictObject({ sqlExpression: z.string().min(1).max(1024) }), correlationFilter], {
    error: 'must be { sqlExpression } or a correlation filter with at least one known property',
  }),
});

const receivable = {
  /** How long a receiver may work on a message before it goes back. */
  lockDurationSeconds,
  /** Deliveries after which a message is dead-lettered. */
  maxDeliveryCount: z.int().min(1).max(2000).default(10),
  defaultTtlSeconds: seconds.optional(),
  /** false: expired messages are dropped. */
  deadLetteringOnMessageExpiration: z.boolean().default(false),
  requiresSession: z.boolean().default(false),
  /** Queue or topic that gets the messages instead; nothing can be received here. */
  forwardTo: entityName.optional(),
};

const sendable = {
  name: entityName,
  requiresDuplicateDetection: z.boolean().default(false),
  duplicateDetectionWindowSeconds: seconds.default(600),
};

const queueSchema = z.strictObject({ ...sendable, ...receivable });

const subscriptionSchema = z.strictObject({
  name: partName,
  ...receivable,
  /** A message is copied to the subscription when one of them matches. Without this field: every message. */
  rules: z.array(ruleSchema).default([{ name: '$Default', filter: { sqlExpression: '1=1' } }]),
});

const topicSchema = z.strictObject({
  ...sendable,
  defaultTtlSeconds: seconds.optional(),
  subscriptions: z.array(subscriptionSchema).default([]),
});

const entitiesSchema = z.strictObject({
  queues: z.array(queueSchema).default([]),
  topics: z.array(topicSchema).default([]),
});

/** Names and defaults are those of Azure Resource Manager, durations in seconds. */
export type EntitiesConfig = z.input<typeof entitiesSchema>;
export type Entities = z.output<typeof entitiesSchema>;
export type QueueConfig = z.output<typeof queueSchema>;
export type TopicConfig = z.output<typeof topicSchema>;
export type SubscriptionConfig = z.output<typeof subscriptionSchema>;
export type RuleConfig = z.output<typeof ruleSchema>;

const maxForwards = 4;

function computeNameProblems({ queues, topics }: Entities): string[] {
  const problems: string[] = [];
  const check = (seen: Set<string>, name: string, path: string) => {
    if (seen.has(name.toLowerCase()))
      problems.push(`${path}: "${name}" is declared twice; names ignore case. Rename one.`);
    seen.add(name.toLowerCase());
  };
  const entities = new Set<string>();
  queues.forEach(({ name }, index) => check(entities, name, `queues[${index}].name`));
  topics.forEach(({ name, subscriptions }, index) => {
    check(entities, name, `topics[${index}].name`);
    const names = new Set<string>();
    subscriptions.forEach((part, at) => check(names, part.name, `topics[${index}].subscriptions[${at}].name`));
  });
  return problems;
}

const listTarget = (forwardTo: string | undefined) => (forwardTo === undefined ? [] : [forwardTo.toLowerCase()]);

function computeForwardProblems({ queues, topics }: Entities): string[] {
  const targets = new Map<string, string[]>();
  for (const { name, forwardTo } of queues) targets.set(name.toLowerCase(), listTarget(forwardTo));
  for (const { name, subscriptions } of topics) {
    targets.set(
      name.toLowerCase(),
      subscriptions.flatMap(({ forwardTo }) => listTarget(forwardTo)),
    );
  }
  const problems = new Set<string>();
  const follow = (name: string, path: readonly string[]) => {
    const next = targets.get(name);
    const way = [...path, name];
    if (next === undefined)
      problems.add(`forwardTo: ${path.at(-1)} forwards to "${name}", which is not declared. Declare it.`);
    else if (way.length > maxForwards + 1 || path.includes(name)) {
      problems.add(`forwardTo: ${way.join(' -> ')} is a circle or longer than ${maxForwards} hops. Shorten it.`);
    } else for (const target of next) follow(target, way);
  };
  for (const name of targets.keys()) follow(name, []);
  return [...problems];
}

function describe(issue: z.core.$ZodIssue, config: unknown): string {
  const path = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  let value = config;
  for (const key of issue.path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  return `${path.replace(/^\./u, '')}: ${issue.message} (got ${JSON.stringify(value) ?? 'nothing'})`;
}

/** @throws Error that lists every problem with its field and value. */
export function parseEntities(config: EntitiesConfig): Entities {
  const parsed = entitiesSchema.safeParse(config);
  const problems = parsed.success
    ? [...computeNameProblems(parsed.data), ...computeForwardProblems(parsed.data)]
    : parsed.error.issues.map((issue) => describe(issue, config));
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new Error(`The Service Bus entities are not valid:\n${problems.map((line) => `- ${line}`).join('\n')}`);
}
