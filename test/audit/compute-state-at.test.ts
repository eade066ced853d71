import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeStateAt } from '../../src/audit/compute-state-at.ts';
import type { Entry } from '../../src/audit/entry.ts';
import { readTrail } from '../../src/audit/read-trail.ts';
import { histories, history, type HistoryName, recordedHistories } from './histories.ts';

const stateAt = (name: HistoryName, time: string) => computeStateAt(readTrail(history(name)), new Date(time));
const stepAt = (name: HistoryName, time: string, step: string) =>
  stateAt(name, time).steps.find((found) => found.step === step)?.state;

const failedAtGate = (kind: 'attempt' | 'undo', actions: string[]): Entry[] => [
  { sequence: 1, time: '2026-01-01T00:00:00Z', kind, step: 'main/a#1', outcome: 'failed', summary: '' },
  { sequence: 2, time: '2026-01-01T00:00:01Z', kind: 'gate-failed', data: { actions }, summary: '' },
];

describe('the state at a time', () => {
  it('follows a document through an outage, its compensation, and two rewinds', () => {
    const extract = 'main/extractFields#1';
    expect(stateAt('rewound', '2026-11-21T11:58:00Z')).toMatchObject({ phase: 'not_started', steps: [] });
    expect(stepAt('rewound', '2026-11-21T11:58:07.602Z', extract)).toBe('running');
    expect(stateAt('rewound', '2026-11-21T11:58:09Z').phase).toBe('waiting');
    expect(stepAt('rewound', '2026-11-21T11:58:09Z', extract)).toBe('waiting');
    expect(stepAt('rewound', '2026-11-21T11:58:38.644Z', extract)).toBe('failed');
    expect(stepAt('rewound', '2026-11-21T11:58:38.650Z', 'main/downloadDocument#1')).toBe('undoing');
    expect(stateAt('rewound', '2026-11-21T11:58:38.654Z').phase).toBe('compensating');
    expect(stepAt('rewound', '2026-11-21T11:58:38.654Z', 'main/downloadDocument#1')).toBe('undone');
    expect(stateAt('rewound', '2026-11-21T11:58:38.75Z')).toMatchObject({
      phase: 'failed',
      outcome: 'Failed',
      gate: { number: 1, actions: ['retry', 'abort'] },
      error: { code: 'extraction_down' },
    });
    const again = stateAt('rewound', '2026-11-21T11:58:38.82Z');
    expect(again).toMatchObject({ phase: 'running' });
    expect(again.gate).toBeUndefined();
    expect(stateAt('rewound', '2027-01-01T00:00:00Z')).toMatchObject({ phase: 'completed', outcome: 'Completed' });
  });

  it('shows an open review, a pause within it, and no review after the decision', () => {
    const review = { id: 'extraction', due: '2026-11-24T11:58:06.448Z' };
    expect(stateAt('reviewed', '2026-11-21T11:58:06.46Z')).toMatchObject({ phase: 'in_review', review });
    expect(stateAt('reviewed', '2026-11-21T11:58:06.52Z')).toMatchObject({ phase: 'suspended', review });
    expect(stateAt('reviewed', '2026-11-21T11:58:07Z')).toMatchObject({ phase: 'in_review', review });
    expect(stateAt('reviewed', '2026-11-21T11:58:07.04Z').review).toBeUndefined();
    expect(stateAt('terminated', '2026-11-22T00:00:00Z')).toMatchObject({ phase: 'terminated', outcome: 'Terminated' });
  });

  it('tells gates apart by what they allow', () => {
    const at = new Date('2026-01-02T00:00:00Z');
    const held = failedAtGate('attempt', ['retry', 'compensate', 'skip', 'abort']);
    const undo = failedAtGate('undo', ['retry', 'skip', 'abort']);
    expect(computeStateAt(held, at).phase).toBe('held');
    expect(computeStateAt(failedAtGate('attempt', ['abort']), at).phase).toBe('held');
    expect(computeStateAt(undo, at).phase).toBe('compensation_failed');
    const skip: Entry = { sequence: 3, time: '2026-01-01T00:00:02Z', kind: 'rewound', action: 'skip', summary: '' };
    expect(computeStateAt([...held, skip], at).steps).toEqual([{ step: 'main/a#1', state: 'skipped' }]);
    expect(computeStateAt([...undo, skip], at).steps).toEqual([{ step: 'main/a#1', state: 'undo_skipped' }]);
  });

  it('knows at a later time every step that it knew before, in the same order', () => {
    const trails = [...histories.values(), ...recordedHistories.map(({ instance }) => instance)].map(readTrail);
    fc.assert(
      fc.property(fc.constantFrom(...trails), fc.nat(), fc.nat(), (entries, a, b) => {
        const from = Date.parse(entries[0]?.time ?? '');
        const span = Date.parse(entries.at(-1)?.time ?? '') - from + 2_000;
        const [early = 0, late = 0] = [a % span, b % span].sort((x, y) => x - y);
        const stepsAt = (ms: number) =>
          computeStateAt(entries, new Date(from - 1_000 + ms)).steps.map(({ step }) => step);
        const earlier = stepsAt(early);
        expect(stepsAt(late).slice(0, earlier.length)).toEqual(earlier);
      }),
    );
  });
});
