import { defineFunction, type FunctionTable } from './definition.ts';

/** The service writes seven digits of a second. */
const writeDateTime = (milliseconds: number) => new Date(milliseconds).toISOString().replace('Z', '0000Z');

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const furthest = 8.64e15;

export const timeFunctions: FunctionTable = {
  DATETIMETOTIMESTAMP: defineFunction([1, 1], ([text]) => {
    if (typeof text !== 'string' || !dateTime.test(text)) return undefined;
    const milliseconds = Date.parse(text);
    return Number.isNaN(milliseconds) ? undefined : milliseconds;
  }),
  GETCURRENTDATETIME: defineFunction([0, 0], (_, now) => writeDateTime(now)),
  GETCURRENTTIMESTAMP: defineFunction([0, 0], (_, now) => now),
  TIMESTAMPTODATETIME: defineFunction([1, 1], ([milliseconds]) =>
    typeof milliseconds === 'number' && Math.abs(milliseconds) <= furthest ? writeDateTime(milliseconds) : undefined,
  ),
};
