import type { SQLInputValue } from 'node:sqlite';
import type { RuntimeStatus } from '../history.ts';
import { parseTimestamp } from '../timestamp.ts';
import { type ManagementRequest, queryValue } from './message.ts';

/** A condition on the rows of instances. */
export interface InstanceFilter {
  readonly where: string;
  readonly values: SQLInputValue[];
}

const statuses: readonly RuntimeStatus[] = ['Pending', 'Running', 'Suspended', 'Completed', 'Failed', 'Terminated'];

/** Stands for the statuses that a filter knows and no instance here ever has. */
const otherStatuses: ReadonlySet<string> = new Set(['canceled', 'continuedasnew', 'unknown']);

export const joinFilters = (filters: readonly InstanceFilter[]): InstanceFilter => ({
  where: ['1', ...filters.map(({ where }) => where)].join(' AND '),
  values: filters.flatMap(({ values }) => values),
});

/** `runtimeStatus=A,B&runtimeStatus=C`; names that are none are ignored, and with them alone there is no condition. */
export function statusFilter(request: ManagementRequest): InstanceFilter[] {
  const asked = [...request.query]
    .filter(([key]) => key.toLowerCase() === 'runtimestatus')
    .flatMap(([, value]) => value.split(','))
    .map((name) => name.trim().toLowerCase());
  const known = statuses.filter((status) => asked.includes(status.toLowerCase()));
  if (known.length === 0 && !asked.some((name) => otherStatuses.has(name))) return [];
  return [{ where: `runtimeStatus IN (${known.map(() => '?').join(', ')})`, values: known }];
}

/** A date that is none is ignored. */
export function createdFilter(request: ManagementRequest, name: string, operator: '>=' | '<='): InstanceFilter[] {
  const at = parseTimestamp(queryValue(request, name) ?? '');
  if (at === undefined) return [];
  // Fractions are cut of trailing zeros, so that the texts compare as the times do only without their Z.
  return [{ where: `rtrim(createdAt, 'Z') ${operator} ?`, values: [at.replace(/Z$/, '')] }];
}

export function prefixFilter(request: ManagementRequest): InstanceFilter[] {
  const prefix = queryValue(request, 'instanceIdPrefix') ?? '';
  return prefix === '' ? [] : [{ where: 'substr(id, 1, length(?)) = ?', values: [prefix, prefix] }];
}
