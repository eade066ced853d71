/** One key was used for different things. */
export class IdempotencyConflict extends Error {
  override readonly name = 'IdempotencyConflict';

  /** @param things what the key is to be new for */
  constructor(key: string, things: 'files' | 'orders') {
    super(`Idempotency-Key '${key}' was used before for other ${things}: use a new key for new ${things}.`);
  }
}
