import { describe, expect, it } from 'vitest';
import { createCalendar, LONGEST_ABSENCE_DAYS, ROLLOUT_DAYS } from '../../../dev/fleet/calendar.js';
import { createDice } from '../../../dev/fleet/dice.js';

const DAYS = 1000;
const calendars = Array.from({ length: 200 }, (_, seed) => createCalendar(createDice(seed), DAYS));

describe('a device’s calendar', () => {
  it('is the same for the same seed, and another for another', () => {
    const days = (seed: number) => [...createCalendar(createDice(seed), DAYS).present];
    expect(days(7)).toEqual(days(7));
    expect(days(7)).not.toEqual(days(8));
  });

  it('begins within the roll-out, some days early and some late', () => {
    const joined = calendars.map(({ present }) => Math.min(...present));
    expect(Math.max(...joined)).toBeLessThan(ROLLOUT_DAYS);
    expect(new Set(joined).size).toBeGreaterThan(ROLLOUT_DAYS / 2);
  });

  it('has gaps, none of them longer than an absence', () => {
    const gaps = calendars.flatMap(({ present }) => {
      const days = [...present];
      return days
        .slice(1)
        .map((day, index) => day - (days[index] ?? 0) - 1)
        .filter((gap) => gap > 0);
    });
    expect(Math.max(...gaps)).toBeLessThanOrEqual(LONGEST_ABSENCE_DAYS);
    const absences = gaps.length / calendars.length;
    // Twice a year, for a bit less than three years.
    expect(absences).toBeGreaterThan(4);
    expect(absences).toBeLessThan(7);
  });
});
