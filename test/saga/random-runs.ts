/**
 * How many random sagas a property tries, and from which seed: `SAGA_RUNS=10000 SAGA_SEED=7 npx vitest run test/saga/random` for a
 * long run, and to repeat one.
 */
export const randomRuns = {
  numRuns: Number(process.env['SAGA_RUNS'] ?? 300),
  seed: Number(process.env['SAGA_SEED'] ?? 20_260_101),
};
