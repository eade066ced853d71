import { chainEntries, type Trail } from './chain.ts';
import type { AuditedInstance } from './history.ts';
import { readTrail } from './read-trail.ts';
import type { Sign } from './signature.ts';

/** The trail of an instance as it is now; the same history always gives the same trail. */
export const createTrail = (instance: AuditedInstance, sign?: Sign): Trail =>
  chainEntries(instance, readTrail(instance), sign);
