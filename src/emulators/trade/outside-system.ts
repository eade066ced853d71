import type { DatabaseSync } from 'node:sqlite';
import type { z } from 'zod';

// How a local outside system is declared. What it does for a key it does once: the same key gets the same answer, and an undo that
// comes before its effect keeps the effect from happening.

/** The system says no, and nothing has happened. */
export interface Refusal {
  readonly refused: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

export interface Booking {
  readonly database: DatabaseSync;
  readonly newId: () => string;
  /** 1 for the first request with the key. */
  readonly attempt: number;
}

/** Requests that have an effect. */
export interface EffectCollection<R> {
  readonly request: z.ZodType<R>;
  /** Carries the request out, in the transaction that keeps its answer. */
  readonly book: (request: R, booking: Booking) => object | Refusal;
  /** What becomes of the answer, booked or not: dropped with the connection, or never given. Default: it is sent. */
  readonly reply?: (request: R, attempt: number) => 'sent' | 'dropped' | 'withheld';
  /** Takes back what `book` did beyond keeping its answer. */
  readonly takeBack?: (request: R, database: DatabaseSync) => void;
}

export interface Undo {
  /** The path of the effects that it takes back. */
  readonly of: string;
  /** The field of the request that names the effect's key. */
  readonly field: string;
  /** Why this effect is not taken back. */
  readonly refuse?: (effect: unknown) => Refusal | undefined;
}

export interface OutsideSystem {
  readonly name: string;
  /** Tables and rows of its own. */
  readonly schema?: string;
  /** By path: `charges`. */
  readonly effects: Readonly<Record<string, EffectCollection<unknown>>>;
  /** By path. */
  readonly undos: Readonly<Record<string, Undo>>;
  /** Further things to look at, by path. */
  readonly views?: Readonly<Record<string, (database: DatabaseSync) => readonly object[]>>;
}

/** Joins a collection's schema with its code, so that the code is typed and the server need not be. */
export function defineEffects<R>(collection: EffectCollection<R>): EffectCollection<unknown> {
  const { request, book, reply, takeBack } = collection;
  return {
    request,
    book: (raw, booking) => book(request.parse(raw), booking),
    ...(reply && { reply: (raw, attempt) => reply(request.parse(raw), attempt) }),
    ...(takeBack && { takeBack: (raw, database) => takeBack(request.parse(raw), database) }),
  };
}

export const isRefusal = (answer: object): answer is Refusal => 'refused' in answer;
