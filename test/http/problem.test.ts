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

it('names what is known where something does not belong, at any depth and in whichever kind of thing', () => {
  const email = z.strictObject({ channel: z.literal('email'), to: z.string() });
  const text = z.strictObject({ channel: z.literal('text'), number: z.string() });
  const order = z.strictObject({ contacts: z.array(z.discriminatedUnion('channel', [email, text])) });
  const given = { contacts: [{ channel: 'text', number: '1', to: 'kim' }], colour: 'red' };
  expect(() => checked(order, given, 'The order')).toThrow(
    'The order is not as it should be: contacts.0.to: does not belong here: leave it out (known are channel, number); colour: does not belong here: leave it out (known are contacts)',
  );
});
