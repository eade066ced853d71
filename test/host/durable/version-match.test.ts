import { expect, test } from 'vitest';
import { judgeVersion } from '../../../src/host/durable/version-match.ts';

const settings = (
  defaultVersion: string | undefined,
  versionMatchStrategy: 'None' | 'Strict' | 'CurrentOrOlder' = 'CurrentOrOlder',
) => ({ defaultVersion, versionMatchStrategy, versionFailureStrategy: 'Reject' as const });

test.each([
  [null, undefined, 'run'],
  ['2.0', undefined, 'wait'],
  ['1.9', '1.10', 'run'],
  ['1.10', '1.9', 'wait'],
  ['1.0', '1.0', 'run'],
  [null, '1.0', 'run'],
] as const)('CurrentOrOlder: an instance of version %s on a host of version %s: %s', (version, own, kind) => {
  expect(judgeVersion(version, settings(own)).kind).toBe(kind);
});

test('Strict demands the same version, None takes any', () => {
  expect(judgeVersion('1.0', settings('1.1', 'Strict')).kind).toBe('wait');
  expect(judgeVersion('9.0', settings('1.1', 'None')).kind).toBe('run');
});

test('with the failure strategy Fail an instance is failed with both versions named', () => {
  const verdict = judgeVersion('2.0', { ...settings('1.0'), versionFailureStrategy: 'Fail' });
  expect(verdict).toMatchObject({ kind: 'fail', reason: expect.stringMatching(/'2\.0'.*'1\.0'/) as string });
});
