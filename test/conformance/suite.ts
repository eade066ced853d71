import * as fc from 'fast-check';
import { deviations } from './deviations.ts';
import { operationsArbitrary } from './entity-model.ts';
import { commandsArbitrary } from './instance-model.ts';
import { type Target, playRecording } from './play-recording.ts';
import { replayable } from './replayable.ts';

export interface SuiteOptions {
  /** Part of every id, so that runs against one host do not meet. */
  readonly prefix: string;
  /** Milliseconds until what was recorded must be seen. */
  readonly patience: number;
  readonly seed: number;
  /** How many random sequences of requests. */
  readonly sequences: number;
}

/** One thing that a host is held to. */
export interface Check {
  readonly name: string;
  /** Answers what is worth telling, if anything. @throws for a host that does not conform. */
  run(): Promise<string | undefined>;
}

/** The checks do not get in each other's way: any number of them may run at once. */
export const createSuite = (target: Target, options: SuiteOptions): readonly Check[] => [
  ...replayable.map((recording) => checkRecording(target, recording, options)),
  ...deviations.map(({ what, look }, index) => ({
    name: `deviation: ${what}`,
    run: () => look(target, `${options.prefix}-deviation-${index}`),
  })),
  {
    name: `${options.sequences} random sequences of requests, seed ${options.seed}`,
    run: () => checkSequences(target, options),
  },
  {
    name: `${options.sequences} random sequences of operations on entities, seed ${options.seed}`,
    run: () => checkOperations(target, options),
  },
];

function checkRecording(
  target: Target,
  { scenario, exchanges }: (typeof replayable)[number],
  { prefix, patience }: SuiteOptions,
): Check {
  // How an instance looks between a request and what it leads to is a matter of speed.
  const lasting = exchanges.filter(({ request, status }, index) => {
    const before = exchanges[index - 1]?.request[1] ?? '';
    return !(request[0] === 'GET' && status === 202 && /\/(rewind|terminate)(\?|$)/.test(before));
  });
  return {
    name: `recorded: ${scenario}`,
    async run() {
      const { answers, recorded } = await playRecording(target, lasting, { id: `${prefix}-${scenario}`, patience });
      for (const [index, answer] of answers.entries()) {
        const [seen, expected] = [answer, recorded[index]].map((value) => JSON.stringify(sortKeys(value), null, 2));
        if (seen !== expected) throw new Error(`request ${index + 1} was answered\n${seen}\ninstead of\n${expected}`);
      }
      return undefined;
    },
  };
}

const sortKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, item]) => [key, sortKeys(item)]),
  );
};

async function checkSequences(target: Target, { prefix, patience, seed, sequences }: SuiteOptions): Promise<undefined> {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(commandsArbitrary, (commands) => {
      const real = { target, prefix: `${prefix}-sequence-${++count}`, patience };
      return fc.asyncModelRun(() => ({ model: { instances: new Map(), healed: new Set<string>() }, real }), commands);
    }),
    { seed, numRuns: sequences },
  );
}

async function checkOperations(
  target: Target,
  { prefix, patience, seed, sequences }: SuiteOptions,
): Promise<undefined> {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(operationsArbitrary, (commands) => {
      const real = { target, prefix: `${prefix}-operations-${++count}`, patience };
      return fc.asyncModelRun(() => ({ model: new Map(), real }), commands);
    }),
    { seed, numRuns: sequences },
  );
}
