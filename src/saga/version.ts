import { SagaDefinitionError } from './errors.ts';

// What may differ between two deployments while instances of the first still run. An instance bears the version with which it was
// begun: `defaultVersion` of host.json at that time, which the history keeps. So what depends on it replays the same for ever.

const numeric = /^\d+(\.\d+)*$/;

/**
 * Whether an instance was begun in this version or a later one; one without a version is older than any.
 * @throws SagaDefinitionError for a version that is not made of numbers
 */
export function isSince(begun: string | null | undefined, version: string): boolean {
  if (!numeric.test(version)) {
    throw new SagaDefinitionError(
      `saga.since was given '${version}'; it takes numbers and dots, such as '2' or '1.4.0'`,
    );
  }
  return begun !== undefined && begun !== null && numeric.test(begun) && compareVersions(begun, version) >= 0;
}

/** Number by number: 1.10 is later than 1.9, and 2 is 2.0. */
function compareVersions(one: string, other: string): number {
  const [left = [], right = []] = [one, other].map((version) => version.split('.').map(Number));
  const place = Array.from({ length: Math.max(left.length, right.length) }, (_, n) => n).find(
    (n) => (left[n] ?? 0) !== (right[n] ?? 0),
  );
  return place === undefined ? 0 : (left[place] ?? 0) - (right[place] ?? 0);
}
