import rhea from 'rhea';
import type { AmqpError } from 'rhea';
import { BrokerError, type BrokerErrorCode } from '../broker-error.ts';

/** Condition and HTTP-like status as Service Bus answers them ("AMQP errors in Azure Service Bus"). */
const conditions: Record<BrokerErrorCode, readonly [condition: string, status: number]> = {
  'entity-not-found': ['amqp:not-found', 404],
  'entity-exists': ['com.microsoft:entity-already-exists', 409],
  'message-not-found': ['com.microsoft:message-not-found', 404],
  'lock-lost': ['com.microsoft:message-lock-lost', 410],
  'session-lock-lost': ['com.microsoft:session-lock-lost', 410],
  'session-cannot-be-locked': ['com.microsoft:session-cannot-be-locked', 409],
  'not-allowed': ['amqp:not-allowed', 400],
  'not-implemented': ['amqp:not-implemented', 501],
  'bad-argument': ['com.microsoft:argument-error', 400],
  'message-too-large': ['amqp:link:message-size-exceeded', 403],
  unauthorized: ['amqp:unauthorized-access', 401],
  timeout: ['com.microsoft:timeout', 408],
};

export interface Refusal extends AmqpError {
  readonly condition: string;
  readonly description: string;
  readonly status: number;
}

export function toRefusal(error: unknown): Refusal {
  const description = error instanceof Error ? error.message : String(error);
  if (!(error instanceof BrokerError)) return { condition: 'amqp:internal-error', status: 500, description };
  const [condition, status] = conditions[error.code];
  return { condition, status, description };
}

export function toAmqpError(error: unknown): AmqpError {
  const { condition, description } = toRefusal(error);
  return { condition, description };
}

/** Outcomes (AMQP 1.0, 3.4) for messages the broker sent; rhea builds them for received messages only. */
const outcome = (code: number, fields: unknown[]): unknown =>
  rhea.types.described(rhea.types.wrap_ulong(code), rhea.types.wrap_list(fields));

export const acceptedOutcome = (): unknown => outcome(0x24, []);

export const rejectedOutcome = (error: unknown): unknown => outcome(0x25, [rhea.types.wrap_error(toAmqpError(error))]);
