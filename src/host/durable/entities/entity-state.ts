/**
 * What an entity's instance has as its input, as on the real engine (SchedulerState), which keeps it there from one execution of the
 * instance to the next. Its sorter is always empty here: messages do not come out of order.
 */
export interface EntityState {
  readonly exists: boolean;
  /** JSON text; null when none was set, although the entity exists. */
  readonly state: string | null;
  /** The instance that holds the lock. */
  readonly lockedBy: string | undefined;
}

const absent: EntityState = { exists: false, state: null, lockedBy: undefined };

/** @param input of the entity's instance; undefined when there is none. */
export function readEntityState(input: string | null | undefined): EntityState {
  if (input === undefined || input === null) return absent;
  const { exists = false, state = null, lockedBy } = JSON.parse(input) as Partial<EntityState>;
  return { exists, state, lockedBy };
}

export const renderEntityState = ({ exists, state, lockedBy }: EntityState): string =>
  JSON.stringify({
    ...(exists && { exists }),
    ...(state !== null && { state }),
    ...(lockedBy !== undefined && { lockedBy }),
    sorter: {},
  });

/** The custom status of the entity's instance. */
export const renderEntityStatus = ({ exists, lockedBy }: EntityState): string =>
  JSON.stringify({ ...(exists && { entityExists: true }), ...(lockedBy !== undefined && { lockedBy }) });
