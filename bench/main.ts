import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeCommitFloor, measureCommitFloor } from './commit-floor.ts';
import { formatReport, type Section } from './report.ts';
import type { Workload } from './workload.ts';
import { coldStartWorkload } from './workloads/cold-start.ts';
import { documentsWorkload } from './workloads/documents.ts';
import { eventsWorkload } from './workloads/events.ts';
import { fanOutWorkload } from './workloads/fan-out.ts';
import { idleWorkload } from './workloads/idle.ts';
import { listWorkload } from './workloads/list.ts';
import { longHistoryWorkload } from './workloads/long-history.ts';
import { stepsWorkload } from './workloads/steps.ts';

// `npm run bench`: how fast the program is, beside floors that the same machine reaches in the same run.

const workloads: readonly Workload[] = [
  documentsWorkload,
  stepsWorkload,
  eventsWorkload,
  fanOutWorkload,
  longHistoryWorkload,
  listWorkload,
  coldStartWorkload,
  idleWorkload,
];

const usage = `Usage: npm run bench -- [options] [workload ...]
  --documents N      how many documents to process (200)
  --json             numbers for a program
  --cpu-prof DIR     leaves CPU profiles of the programs under test there
${workloads.map(({ name, about }) => `  ${name.padEnd(18)} ${about}`).join('\n')}`;

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      documents: { type: 'string', default: '200' },
      json: { type: 'boolean', default: false },
      'cpu-prof': { type: 'string' },
    },
  });
  const documents = Number(values.documents);
  if (!Number.isInteger(documents) || documents < 1) {
    throw new Error(`--documents is '${values.documents}'; give a whole number from 1`);
  }
  const unknown = positionals.find((given) => !workloads.some(({ name }) => name === given));
  if (unknown !== undefined) throw new Error(`'${unknown}' is no workload`);
  const selected = workloads.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const profileDir = values['cpu-prof'] === undefined ? undefined : resolve(values['cpu-prof']);
  return { selected, documents, profileDir, json: values.json };
}

function readArgumentsOrExplain(): ReturnType<typeof readArguments> {
  try {
    return readArguments();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`);
    process.exit(1);
  }
}

const { selected, documents, profileDir, json } = readArgumentsOrExplain();
const folder = mkdtempSync(join(tmpdir(), 'durable-saga-bench-'));
const sections: Section[] = [];
const report = (section: Section): void => {
  sections.push(section);
  if (!json) process.stdout.write(`${formatReport([section])}\n`);
};

process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

report({ title: `${availableParallelism()} x ${cpus()[0]?.model}, Node ${process.version}`, figures: [] });
for (const { name, about, ...workload } of selected) {
  const own = join(folder, name);
  mkdirSync(own);
  // Anew for each workload, because what else runs on the machine changes.
  const commits = measureCommitFloor(own);
  const figures = await workload.run({ folder: own, commits, documents, profileDir });
  report({ title: `${name}: ${about}`, figures: [...describeCommitFloor(commits), ...figures] });
}
if (json) process.stdout.write(`${JSON.stringify(sections, null, 2)}\n`);
const failed = sections.some(({ figures }) =>
  figures.some(({ value, mustBe }) => mustBe !== undefined && value !== mustBe),
);
if (failed) process.exitCode = 1;
