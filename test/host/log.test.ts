import { describe, expect, it } from 'vitest';
import { createConsoleLog, formatJsonLine, formatLogLine, isLogged, type LogFilter } from '../../src/host/log.ts';

describe('the log', () => {
  it('goes by the longest prefix of a category that has a level, in whatever case', () => {
    const filter: LogFilter = {
      Default: 'warning',
      function: 'information',
      'Function.Loud': 'none',
      'Host.Http': 'debug',
    };
    const levelOf = (category: string) =>
      (['trace', 'debug', 'information', 'warning', 'error'] as const).find((level) =>
        isLogged(filter, level, category),
      );
    expect(['Other', 'Function.A.User', 'Function.Loud', 'Function.Louder', 'Host.Http', 'Host'].map(levelOf)).toEqual([
      'warning',
      'information',
      undefined,
      'information',
      'debug',
      'warning',
    ]);
  });

  it('shows information and above where nothing is said', () => {
    const lines: string[] = [];
    const log = createConsoleLog({}, (line) => lines.push(line));
    log('debug', 'Host', 'hidden');
    log('information', 'Host', 'shown');
    expect(lines).toHaveLength(1);
  });

  it('has lines with time, level, origin and message', () => {
    const at = new Date('2026-11-21T10:00:00.123Z');
    const lines = [
      formatLogLine(at, 'information', 'Function.Order.Place.User', 'placed'),
      formatLogLine(at, 'error', 'Host.Worker', 'lost'),
    ];
    expect(lines).toEqual(['10:00:00.123 info  [Order.Place] placed\n', '10:00:00.123 ERROR [Host.Worker] lost\n']);
  });

  it('as JSON has one object a line, with the fields of a message that is one', () => {
    const at = new Date('2026-11-21T10:00:00.123Z');
    const lines = [
      formatJsonLine(at, 'information', 'Function.Order.Place.User', '{"event":"placed","level":7}'),
      formatJsonLine(at, 'error', 'Host.Worker', '{lost'),
    ];
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      { event: 'placed', time: at.toISOString(), level: 'information', function: 'Order.Place' },
      { message: '{lost', time: at.toISOString(), level: 'error', category: 'Host.Worker' },
    ]);
  });
});
