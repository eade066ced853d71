import type { DurableTaskSettings } from '../host-json.ts';

export type VersionVerdict =
  | { readonly kind: 'run' }
  /** The instance stays as it is until a host with another version takes it up. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'fail'; readonly reason: string };

type VersionSettings = Pick<DurableTaskSettings, 'defaultVersion' | 'versionMatchStrategy' | 'versionFailureStrategy'>;

/** Whether this host may run an instance of the given version (DurableTask.Core's VersioningSettings). */
export function judgeVersion(version: string | null, settings: VersionSettings): VersionVerdict {
  const own = settings.defaultVersion ?? '';
  if (isMatch(version ?? '', own, settings.versionMatchStrategy)) return { kind: 'run' };
  if (settings.versionFailureStrategy === 'Reject') return { kind: 'wait' };
  const reason =
    `The orchestration's version '${version ?? ''}' does not match this host's version '${own}' ` +
    `(versionMatchStrategy ${settings.versionMatchStrategy}).`;
  return { kind: 'fail', reason };
}

function isMatch(version: string, own: string, strategy: VersionSettings['versionMatchStrategy']): boolean {
  switch (strategy) {
    case 'None':
      return true;
    case 'Strict':
      return version === own;
    case 'CurrentOrOlder':
      return compareVersions(version, own) <= 0;
  }
}

const isNumeric = (text: string): boolean => /^\d+(\.\d+)*$/.test(text);

/** Numbers part by part, as .NET's Version; no version is the oldest, and what is not made of numbers is compared as text. */
function compareVersions(one: string, other: string): number {
  if (one === '' || other === '' || !isNumeric(one) || !isNumeric(other)) return one.localeCompare(other);
  const [left, right] = [one, other].map((text) => text.split('.').map(Number));
  const length = Math.max(left?.length ?? 0, right?.length ?? 0);
  for (let part = 0; part < length; part++) {
    const difference = (left?.[part] ?? 0) - (right?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
