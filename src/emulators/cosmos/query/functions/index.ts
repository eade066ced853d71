import { arrayFunctions } from './arrays.ts';
import type { FunctionTable } from './definition.ts';
import { numberFunctions } from './numbers.ts';
import { stringFunctions } from './strings.ts';
import { timeFunctions } from './time.ts';
import { typeFunctions } from './types.ts';

/** By upper-case name: function names ignore case. */
export const functions: FunctionTable = {
  ...typeFunctions,
  ...numberFunctions,
  ...stringFunctions,
  ...arrayFunctions,
  ...timeFunctions,
};
