import type { EntityMessage, EntityRequest } from './entity-message.ts';

/** What an entity does in one go: the operations of one call of its function, then the locks it grants. */
export interface EntityTurn {
  /** The places of the messages that are dealt with; the others wait for a release of the lock, or for the next turn. */
  readonly consumed: ReadonlySet<number>;
  readonly operations: readonly EntityRequest[];
  readonly granted: readonly EntityRequest[];
  /** The instance that holds the lock at the end. */
  readonly lockedBy: string | undefined;
  /** The turn was full. */
  readonly hasMore: boolean;
}

/**
 * Messages count in order of arrival, except that while an instance holds the lock its messages alone do.
 *
 * @param maxOperations maxEntityOperationBatchSize
 * @param isAwaited whether the instance that asks for a lock is still there to give it back.
 */
export function computeEntityTurn(
  lockHolder: string | undefined,
  messages: readonly EntityMessage[],
  maxOperations: number,
  isAwaited: (request: EntityRequest) => boolean,
): EntityTurn {
  const consumed = new Set<number>();
  const operations: EntityRequest[] = [];
  const granted: EntityRequest[] = [];
  let lockedBy = lockHolder;
  let waiting = messages.map((message, place) => ({ message, place }));

  const accept = (request: EntityRequest): void => {
    if (request.op !== null) operations.push(request);
    else if (request.parent !== null && isAwaited(request)) {
      lockedBy = request.parent;
      granted.push(request);
    }
  };

  /** Answers whether the lock has been given back, so that what was held back goes first. */
  const scan = (): boolean => {
    const held: typeof waiting = [];
    for (const [index, { message, place }] of waiting.entries()) {
      const isReleased = message.kind === 'release' && message.release.parent === lockedBy;
      const isHeld = message.kind === 'request' && lockedBy !== undefined && message.request.parent !== lockedBy;
      if (isHeld || operations.length === maxOperations) held.push({ message, place });
      else {
        consumed.add(place);
        if (message.kind === 'request') accept(message.request);
        if (!isReleased) continue;
        lockedBy = undefined;
        waiting = [...held, ...waiting.slice(index + 1)];
        return true;
      }
    }
    return false;
  };

  while (scan());
  return { consumed, operations, granted, lockedBy, hasMore: operations.length === maxOperations };
}
