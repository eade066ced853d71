import { badRequest } from './errors.ts';
import { QueryError } from './query/query-error.ts';

/** Turns what is wrong with a query into a 400, also when it is so long that walking through it exhausts the stack. */
export function refuseBadQueries<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof QueryError) throw badRequest(error.message);
    if (error instanceof RangeError) throw badRequest('The query is too long or too deeply nested.');
    throw error;
  }
}
