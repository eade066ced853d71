import { InvalidContinuation } from '../azure/pages.ts';
import { Problem } from '../http/problem.ts';

/** @throws Problem 400 for a continuation that no page gave */
export async function checkedPage<T>(page: Promise<T>): Promise<T> {
  try {
    return await page;
  } catch (error) {
    if (!(error instanceof InvalidContinuation)) throw error;
    throw new Problem(400, 'invalid', `The query is not as it should be: ${error.message}`, [
      { field: 'continuation', message: error.message },
    ]);
  }
}
