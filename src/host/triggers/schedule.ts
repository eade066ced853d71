import { CronExpressionParser } from 'cron-parser';
import { parseTimeSpan } from '../time-span.ts';

/** When a timer fires. */
export interface Schedule {
  /** The first time after `after`; both in epoch milliseconds. */
  next(after: number): number;
}

/**
 * NCRONTAB: `{second} {minute} {hour} {day} {month} {day of week}`, where a day must fit both day fields. Other crons take
 * either of the two, so the weekdays are held against the days that the rest finds.
 */
function parseCron(fields: readonly string[], timeZone: string): Schedule {
  const [second = '', minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  const tz = timeZone;
  const onAnyWeekday = CronExpressionParser.parse([second, minute, hour, day, month, '*'].join(' '), { tz });
  const weekdays = new Set<number>(
    CronExpressionParser.parse(`0 0 0 * * ${weekday}`, { tz }).fields.dayOfWeek.values.map(
      (value) => Number(value) % 7,
    ),
  );
  return {
    next(after) {
      onAnyWeekday.reset(new Date(after));
      let found = onAnyWeekday.next();
      while (!weekdays.has(found.getDay())) {
        found.addDay();
        onAnyWeekday.reset(new Date(found.getTime() - 1));
        found = onAnyWeekday.next();
      }
      return found.getTime();
    },
  };
}

/**
 * The schedule of a timer trigger: an NCRONTAB expression of six fields, or of five (then at second 0), or a TimeSpan, the
 * time from one start to the next.
 *
 * @param timeZone An IANA name; only cron expressions depend on it.
 * @throws with the text and what is wrong with it.
 */
export function parseSchedule(text: string, timeZone: string): Schedule {
  const interval = parseTimeSpan(text);
  if (interval !== undefined) {
    if (interval <= 0) throw new Error(`Schedule "${text}" must be longer than nothing.`);
    return { next: (after) => after + interval };
  }
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) {
    throw new Error(`Schedule "${text}" is neither a TimeSpan (hh:mm:ss) nor a cron expression of 5 or 6 fields.`);
  }
  try {
    const schedule = parseCron(fields.length === 5 ? ['0', ...fields] : fields, timeZone);
    schedule.next(0);
    return schedule;
  } catch (cause) {
    throw new Error(`Schedule "${text}" is not valid: ${(cause as Error).message}.`, { cause });
  }
}
