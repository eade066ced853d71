/** What `@azure/functions` gets for `@azure/functions-core` where an app runs inside the test's own thread. */
import type { FunctionCallback, FunctionMetadata, ProgrammingModel } from '../../../src/host/worker/core-types.ts';

export const version = '3.12.0';
export const hostVersion = '4.1040.300';

export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

let collected: RegisteredFunction[] | undefined;
let model: ProgrammingModel | undefined;

/** Everything that `register` registers: each call is an app of its own. */
export function collectFunctions(register: () => void): readonly RegisteredFunction[] {
  const functions: RegisteredFunction[] = [];
  collected = functions;
  try {
    register();
  } finally {
    collected = undefined;
  }
  return functions;
}

export function registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): void {
  if (collected === undefined) throw new Error(`function '${metadata.name}' is registered outside collectFunctions`);
  collected.push({ metadata, callback });
}

export function setProgrammingModel(programmingModel: ProgrammingModel): void {
  model = programmingModel;
}

export function getProgrammingModel(): ProgrammingModel | undefined {
  return model;
}

export function log(): void {
  // Only the library's own remarks on its setup come this way.
}
