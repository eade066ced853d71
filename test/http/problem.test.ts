import { expect, it } from 'vitest';
import { z } from 'zod';
import { checked, Problem } from '../../src/http/problem.ts';

it('names a hundred of the fields that do not fit, and how many more there are', () => {
  const given = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`field${n}`, n]));
  let thrown: unknown;
  try {
    checked(z.strictObject({}), given, 'The body');
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(Problem);
  const { errors, message } = thrown as Problem;
  expect(errors).toHaveLength(100);
  expect(message).toMatch(/field99: does not belong here: leave it out; and 9900 more$/);
});
