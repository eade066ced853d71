import type { CommitFloor } from './commit-floor.ts';

/** One number of a run. The floor is the least the same work can cost, measured on the same machine in the same run. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly floor?: { readonly value: number; readonly of: string };
  /** Anything else makes the run a failure. */
  readonly mustBe?: number;
}

export interface Workload {
  /** What selects it on the command line. */
  readonly name: string;
  readonly about: string;
  run(setting: Setting): Promise<readonly Figure[]>;
}

export interface Setting {
  /** A new folder of the workload's own. */
  readonly folder: string;
  readonly commits: CommitFloor;
  /** How many documents to process. */
  readonly documents: number;
  /** Where the programs under test leave their CPU profiles. */
  readonly profileDir: string | undefined;
}
