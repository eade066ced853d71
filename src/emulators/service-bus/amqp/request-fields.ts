import { BrokerError } from '../broker-error.ts';
import type { Peer } from './peer.ts';
import type { Reply } from './request-link.ts';

export interface ManagementRequest {
  readonly peer: Peer;
  /** Path of the entity the node belongs to. */
  readonly entity: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export type Operation = (request: ManagementRequest) => Reply;

export type Body = ManagementRequest['body'];

const wrong = (name: string, value: unknown, wanted: string) =>
  new BrokerError('bad-argument', `${name} must be ${wanted}, got ${String(value)}.`);

export function readText(body: Body, name: string): string {
  const value = body[name];
  if (typeof value !== 'string') throw wrong(name, value, 'a string');
  return value;
}

/** AMQP maps have null where JavaScript has undefined. */
export const readOptionalText = (body: Body, name: string): string | undefined =>
  body[name] === undefined || body[name] === null ? undefined : readText(body, name);

/** rhea hands out 64-bit numbers beyond 2^53 as bytes; no sequence number gets there. */
export function readNumber(body: Body, name: string, otherwise?: number): number {
  const value = body[name] ?? otherwise;
  if (typeof value !== 'number') throw wrong(name, value, 'a number below 2^53');
  return value;
}

const isNumber = (item: unknown): item is number => typeof item === 'number';

export function readNumbers(body: Body, name: string): number[] {
  const value = body[name];
  if (!Array.isArray(value) || !value.every(isNumber)) throw wrong(name, value, 'an array of numbers below 2^53');
  return value;
}

export function readBuffers(body: Body, name: string): Buffer[] {
  const value = body[name];
  if (!Array.isArray(value) || !value.every((item) => Buffer.isBuffer(item)))
    throw wrong(name, value, 'an array of UUIDs');
  return value;
}

export function readMap(body: Body, name: string): Readonly<Record<string, unknown>> {
  const value = body[name] ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) throw wrong(name, value, 'a map');
  return value as Readonly<Record<string, unknown>>;
}
