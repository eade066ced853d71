import type { Message } from 'rhea';
import { BrokerError } from '../broker-error.ts';
import { messageOperations } from './message-operations.ts';
import type { Peer } from './peer.ts';
import type { AnswerRequest, ReplyNames } from './request-link.ts';
import type { Operation } from './request-fields.ts';
import { ruleOperations } from './rule-operations.ts';
import { sessionOperations } from './session-operations.ts';

export const managementSuffix = '/$management';

export const managementReplyNames: ReplyNames = {
  status: 'statusCode',
  description: 'statusDescription',
  condition: 'errorCondition',
};

const operations: Readonly<Record<string, Operation>> = {
  ...messageOperations,
  ...sessionOperations,
  ...ruleOperations,
};

/** The `$management` node of one entity ("AMQP 1.0 in Azure Service Bus: request-response-based operations"). */
export const createManagement =
  (peer: Peer, entity: string): AnswerRequest =>
  ({ application_properties: properties = {}, body }: Message) => {
    const name = String(properties['operation']);
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation === undefined) throw new BrokerError('not-implemented', `$management has no operation "${name}".`);
    return operation({ peer, entity, body: (body ?? {}) as Record<string, unknown> });
  };
