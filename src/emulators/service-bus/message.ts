import { BrokerError } from './broker-error.ts';

/** What rules can see of a message. */
export interface MessageFields {
  readonly messageId: string;
  readonly correlationId: string | undefined;
  readonly to: string | undefined;
  readonly replyTo: string | undefined;
  readonly subject: string | undefined;
  readonly sessionId: string | undefined;
  readonly replyToSessionId: string | undefined;
  readonly contentType: string | undefined;
  readonly applicationProperties: Readonly<Record<string, unknown>>;
}

/** What the store must know of a message; everything else stays unread in its content. */
export interface Envelope extends MessageFields {
  /** Milliseconds; Infinity when the producer set none. */
  readonly timeToLive: number;
  /** Epoch milliseconds. */
  readonly scheduledFor: number | undefined;
}

export interface NewMessage {
  readonly envelope: Envelope;
  readonly content: Uint8Array;
}

/** Application properties set after the message was sent: by abandon, defer, dead-letter. They win over the content's own. */
export type AddedProperties = Readonly<Record<string, unknown>>;

/** Sizes are in bytes. @throws BrokerError `message-too-large`. */
export function checkSize(size: number, limit: number): void {
  if (size > limit)
    throw new BrokerError('message-too-large', `The message has ${size} bytes, more than the ${limit} allowed.`);
}
