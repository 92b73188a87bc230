/** @module NCRONTAB: six fields (second minute hour day month weekday), UTC. */
import { Cron } from 'croner';
import { HostError } from './errors.js';

export interface Schedule {
  /** The expression after `%SETTING%` was filled in. */
  readonly text: string;
  /** The first occurrence strictly after `date`. */
  next(date: Date): Date;
}

/**
 * What NCRONTAB knows, field by field. Cron dialects know more (`L`, `#`, `?`, `@daily`, 7 for Sunday); a schedule
 * that only runs locally is worse than none, so those are refused here.
 */
const FIELD = /^(\*|\d+|[a-z]{3})(-(\d+|[a-z]{3}))?(\/\d+)?$/i;
const MAX_WEEKDAY = 6;

/**
 * @param text may hold `%NAME%`, replaced from `settings`.
 * @throws {HostError} `ERR_HOST_SCHEDULE` if it is no NCRONTAB of six fields, never occurs, or names a missing setting.
 */
export function parseSchedule(
  text: string,
  settings: Readonly<Record<string, string | undefined>>,
): Schedule {
  const filled = text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = settings[name];
    if (!value)
      throw new HostError('ERR_HOST_SCHEDULE', `The setting ${name}, named by "${text}", is missing.`);
    return value;
  });
  const fields = filled.trim().split(/\s+/);
  const weekdays = fields[5]?.match(/(?<![/\d])\d+/g) ?? [];
  if (
    fields.length !== 6 ||
    !fields.every((field) => field.split(',').every((part) => FIELD.test(part))) ||
    weekdays.some((day) => Number(day) > MAX_WEEKDAY)
  ) {
    throw new HostError('ERR_HOST_SCHEDULE', `"${filled}" is not an NCRONTAB expression of six fields.`);
  }
  const cron = createCron(fields.join(' '));
  const next = (date: Date): Date => {
    const found = cron.nextRun(date);
    if (!found) throw new HostError('ERR_HOST_SCHEDULE', `"${filled}" never occurs.`);
    return found;
  };
  next(new Date());
  return { text: filled, next };
}

function createCron(pattern: string): Cron {
  try {
    // NCRONTAB wants day AND weekday to fit, and reads `5/10` as "from 5 on, every 10".
    // An offset, not a time zone: of zones Intl has to tell, which takes a start longer than all the rest of a timer.
    return new Cron(pattern, { utcOffset: 0, mode: '6-part', domAndDow: true, sloppyRanges: true });
  } catch (error) {
    throw new HostError('ERR_HOST_SCHEDULE', `"${pattern}": ${String(error)}`, error);
  }
}
