import type { Ending } from './course.ts';
import type { Difference } from './find-differences.ts';
import type { Asked, RecordedHistory } from './recorded-history.ts';
import type { Replay } from './replay-history.ts';

/** For people: whether today's code does what was recorded, and otherwise where not. */
export function describeReplay(recorded: RecordedHistory, replay: Replay): string {
  const subject = `${recorded.saga} ${recorded.instanceId}`;
  if (replay.kind === 'same')
    return `${subject} replays the same: ${replay.asked} calls and timers${versions(recorded, replay)}.`;
  const { place, differences } = replay;
  const lines = [
    `${subject} does not replay${versions(recorded, replay)}.`,
    `  call or timer ${place}`,
    `    recorded: ${describe(replay.recorded)}`,
    `    now:      ${describe(replay.now)}`,
    ...differences.filter(({ path }) => path !== '').map(describeDifference),
    ...(recorded.isRedacted ? [redactedHint] : []),
  ];
  return lines.join('\n');
}

const redactedHint =
  '  In this record, values are replaced that nobody may read. Should the code look at them, record it with ?raw=true.';

function versions({ codeVersion }: RecordedHistory, { codeVersion: now }: Replay): string {
  if (codeVersion === undefined || now === undefined) return '';
  return codeVersion === now ? ` (version ${now})` : ` (recorded by version ${codeVersion}, today's is ${now})`;
}

function describe(what: Asked | Ending): string {
  switch (what.kind) {
    case 'activity':
      return `${what.name}${describeCall(what.input)}`;
    case 'sub-saga':
      return `sub-saga ${what.name}${what.instanceId === undefined ? '' : ` as ${what.instanceId}`}`;
    case 'timer':
      return `a timer due at ${what.due}`;
    case 'waiting':
      return what.events.length === 0
        ? 'nothing more: it waits'
        : `nothing more: it waits for ${what.events.join(', ')}`;
    case 'completed':
      return 'nothing more: it has completed';
    case 'failed':
      return `nothing more: it has failed (${what.error.split('\n', 1)[0]})`;
    case 'continued':
      return 'nothing more: it continues as new';
  }
}

/** A step is known by its idempotency key, a gate by its number. */
function describeCall(input: unknown): string {
  if (typeof input !== 'object' || input === null) return '';
  if ('idempotencyKey' in input && 'attempt' in input)
    return `, ${String(input.idempotencyKey)}, attempt ${String(input.attempt)}`;
  return 'number' in input ? ` ${String(input.number)}` : '';
}

function describeDifference({ path, recorded, now, shiftMs }: Difference): string {
  const shift = shiftMs === undefined ? '' : ` (${Math.abs(shiftMs)} ms ${shiftMs < 0 ? 'later' : 'earlier'})`;
  return `    ${path}: recorded ${short(recorded)}, now ${short(now)}${shift}`;
}

const longest = 200;

function short(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}
