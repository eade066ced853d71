export type UnreadableCode = 'encrypted' | 'damaged' | 'no_text' | 'too_large';

/** The document cannot be read as it is. Trying again gives the same answer, so callers do not retry. */
export class DocumentUnreadableError extends Error {
  readonly code: UnreadableCode;

  constructor(code: UnreadableCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DocumentUnreadableError';
    this.code = code;
  }
}
