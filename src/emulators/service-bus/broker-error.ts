export type BrokerErrorCode =
  | 'entity-not-found'
  | 'entity-exists'
  | 'message-not-found'
  | 'lock-lost'
  | 'session-lock-lost'
  | 'session-cannot-be-locked'
  | 'not-allowed'
  | 'not-implemented'
  | 'bad-argument'
  | 'message-too-large'
  | 'unauthorized'
  | 'timeout';

/** A refusal the client gets to see. Everything else that is thrown becomes an internal error. */
export class BrokerError extends Error {
  readonly code: BrokerErrorCode;

  constructor(code: BrokerErrorCode, message: string) {
    super(message);
    this.name = 'BrokerError';
    this.code = code;
  }
}
