export interface EntityId {
  /** The name of the entity function; it counts without regard to case. */
  readonly name: string;
  readonly key: string;
}

/** The id of the instance that stands for an entity. Such ids are kept for entities: no orchestration may have one. */
export const formatEntityId = ({ name, key }: EntityId): string => `@${name.toLowerCase()}@${key}`;

export const describeEntityId = (instanceId: string): string =>
  `The instance ID ${instanceId} is that of an entity. Give the orchestration one that does not look like @name@key.`;

export function parseEntityId(instanceId: string): EntityId | undefined {
  const [, name, key] = /^@([^@]+)@([^]*)$/.exec(instanceId) ?? [];
  return name === undefined || key === undefined ? undefined : { name, key };
}
