import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parseRecordedHistory } from '../../src/replay/recorded-history.ts';
import { appSettings } from '../../src/replay/app-settings.ts';
import { expectReplays } from '../../src/testing/index.ts';
import { useSettings } from '../../src/testing/use-settings.ts';

// Histories of instances that ran on the embedded host: a change of a saga that would break a running one fails here. Record anew
// (README, Versions) when no instance of the old code is left.

const files = globSync('*.json', { cwd: import.meta.dirname }).sort();
const read = (file: string): unknown => JSON.parse(readFileSync(`${import.meta.dirname}/${file}`, 'utf8'));

beforeAll(() => useSettings(appSettings));

test('there is one of each way that a saga can go', () => {
  expect(files.map((file) => basename(file, '.json'))).toEqual([
    'document-in-review',
    'document-processed',
    'document-reviewed',
    'document-rewound',
    'order-cancelled',
    'order-fulfilled',
    'order-rejected',
    'order-reviewed',
    'order-rewound',
  ]);
  expect(files.map((file) => parseRecordedHistory(read(file)).end?.status ?? 'Running')).toEqual([
    'Running',
    'Completed',
    'Completed',
    'Completed',
    'Failed',
    'Completed',
    'Failed',
    'Completed',
    'Completed',
  ]);
});

test('today’s sagas do what each of them tells', async () => {
  await expectReplays(() => import('../../src/main.ts'), ...files.map(read));
});
