import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../dev/host/schedule.js';

const from = new Date('2026-01-01T00:00:00Z');
const next = (text: string) => parseSchedule(text, {}).next(from).toISOString();

describe('parseSchedule', () => {
  it.each([
    ['* * * * * *', '2026-01-01T00:00:01.000Z'],
    ['0 */5 * * * *', '2026-01-01T00:05:00.000Z'],
    ['0 5/10 * * * *', '2026-01-01T00:05:00.000Z'],
    ['30 15,45 3 * * *', '2026-01-01T03:15:30.000Z'],
    ['0 0 9-17/4 * * *', '2026-01-01T09:00:00.000Z'],
    ['0 0 0 * Feb *', '2026-02-01T00:00:00.000Z'],
    ['0 0 0 * * 0', '2026-01-04T00:00:00.000Z'],
    ['0 0 0 * * Mon-Fri', '2026-01-02T00:00:00.000Z'],
    ['0  0 0 29 2 *', '2028-02-29T00:00:00.000Z'],
  ])('%s comes next at %s, in UTC', (text, expected) => {
    expect(next(text)).toBe(expected);
  });

  it('wants day and weekday both to fit', () => {
    expect(next('0 0 0 13 * Fri')).toBe('2026-02-13T00:00:00.000Z');
  });

  it('fills in settings', () => {
    const schedule = parseSchedule('%CRL_SCHEDULE%', { CRL_SCHEDULE: '0 0 * * * *' });
    expect(schedule.text).toBe('0 0 * * * *');
    expect(schedule.next(from)).toEqual(new Date('2026-01-01T01:00:00Z'));
  });

  it.each([
    '',
    '*/5 * * * *',
    '0 0 0 * * * 2026',
    '00:05:00',
    '@daily',
    '0 0 0 L * *',
    '0 0 0 ? * *',
    '0 0 0 * * 5#2',
    '0 0 0 * * 7',
    '0 0 0 * * Sun,7',
    '60 * * * * *',
    '0 0 24 * * *',
    '0 0 0 0 * *',
    '0 0 0 * Foo *',
    '0 0 0 31 2 *',
    '%MISSING%',
  ])('refuses "%s"', (text) => {
    expect(() => parseSchedule(text, {})).toThrow(expect.objectContaining({ code: 'ERR_HOST_SCHEDULE' }));
  });
});
