import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BrokerError } from '../../../src/emulators/service-bus/broker-error.ts';
import { compileSqlFilter } from '../../../src/emulators/service-bus/filters/sql-filter.ts';
import type { MessageFields } from '../../../src/emulators/service-bus/message.ts';

const message: MessageFields = {
  messageId: 'm-1',
  correlationId: 'c-1',
  to: undefined,
  replyTo: undefined,
  subject: 'document.uploaded',
  sessionId: undefined,
  replyToSessionId: undefined,
  contentType: 'application/json',
  applicationProperties: { tenant: 'acme', amount: 250, urgent: true, 'event type': 'Created', path: '100%_done' },
};

const matches = (text: string) => compileSqlFilter(text)(message);

function outcomeOf(text: string): string {
  try {
    return typeof matches(text);
  } catch (error) {
    return error instanceof BrokerError ? error.code : String(error);
  }
}

describe('SQL filters', () => {
  it.each([
    '1=1',
    "sys.Label = 'document.uploaded'",
    "sys.subject LIKE 'document.%' AND tenant = 'acme'",
    "user.tenant = 'acme' OR missing = 1",
    "TENANT IN ('other', 'acme')",
    "tenant NOT IN ('other')",
    'amount > 100 AND amount <= 250',
    'amount + 50 * 2 = 350 AND (amount + 50) * 2 = 600',
    '-amount < -249 AND amount % 7 = 5 AND amount / 2 = 125',
    'urgent = TRUE AND NOT urgent = FALSE',
    'urgent',
    'missing IS NULL AND tenant IS NOT NULL',
    'EXISTS(tenant) AND NOT EXISTS (user.missing)',
    "[event type] = 'Created' AND \"event type\" <> 'Deleted'",
    "tenant != 'it''s'",
    "tenant LIKE 'ac_e'",
    String.raw`path LIKE '100\%\_%' ESCAPE '\'`,
    "NOT (tenant = 'other' OR amount < 3)",
    'amount = 0xFA AND amount = 2.5e2',
  ])('match: %s', (text) => expect(matches(text)).toBe(true));

  it.each([
    '1=0',
    "tenant = 'ACME'",
    'missing = 1',
    'NOT missing = 1',
    'missing <> 1 OR missing = 1',
    "amount = '250'",
    'amount / 0 = 1',
    "sys.to LIKE '%'",
    "tenant LIKE 'ac'",
    "tenant NOT IN ('other', missing)",
  ])('do not match: %s', (text) => expect(matches(text)).toBe(false));

  it.each([
    ['', /end where a value/],
    ['tenant =', /the end where/],
    ['tenant = 1 1', /position 11 where the end/],
    ['sys.unknown = 1', /sys\.unknown/],
    ['tenant ~ 1', /position 7/],
    ["tenant LIKE 'a' ESCAPE 'ab'", /ESCAPE/],
    ['AND = 1', /where a value/],
    ['(tenant = 1', /"\)"/],
    ["'open", /position 0/],
  ])('are refused with the place of the mistake: %s', (text, problem) => {
    expect(() => compileSqlFilter(text)).toThrow(problem);
  });

  it('never accept half of a text: any input is parsed whole or refused as a bad argument', () => {
    const part = fc.constantFrom(
      'a',
      '=',
      '1',
      "'x'",
      'AND',
      'OR',
      'NOT',
      '(',
      ')',
      'IN',
      'LIKE',
      'IS',
      'NULL',
      '.',
      'sys',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part).map((parts) => parts.join(' ')),
        ),
        (text) => {
          expect(['boolean', 'bad-argument']).toContain(outcomeOf(text));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('obey De Morgan, unknowns included', () => {
    const atom = fc.constantFrom('tenant = 1', "tenant = 'acme'", 'missing = 1', 'urgent', '1=0');
    fc.assert(
      fc.property(atom, atom, (a, b) => {
        expect(matches(`NOT (${a} AND ${b})`)).toBe(matches(`(NOT (${a})) OR (NOT (${b}))`));
        expect(matches(`NOT (${a} OR ${b})`)).toBe(matches(`(NOT (${a})) AND (NOT (${b}))`));
      }),
    );
  });
});
