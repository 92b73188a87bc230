/** The simulated fleet and the arithmetic behind docs/capacity.md. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createDice } from '../../../dev/fleet/dice.js';
import { isDueForRenewal } from '../../../dev/intune/sync/decide.js';
import { DAY_MS, HOUR_MS } from '../../../lib/base/clock.js';
import { CALENDARS, CALENDAR_NAMES } from '../../bench/capacity/calendars.js';
import { storageLimits, vaultLimit, type Costs } from '../../bench/capacity/limits.js';
import type { RenewalReport } from '../../bench/capacity/main.js';
import { findPeak, simulateFleet, type FleetOptions } from '../../bench/capacity/simulate.js';

const fleet: FleetOptions = {
  devices: 2000,
  days: 730,
  calendar: 'around the clock',
  jitterPercent: 0,
  thresholdPercent: 20,
  rolloutDays: 0,
  seed: 7,
};

describe('calendars', () => {
  test.each(CALENDAR_NAMES)(
    '%s: a sync is never before the moment that is asked about, and repeats itself',
    (name) => {
      const nextSync = CALENDARS[name](createDice(3));
      for (let fromMs = 0; fromMs < 21 * DAY_MS; fromMs += 1.7 * HOUR_MS) {
        const atMs = nextSync(fromMs);
        expect(atMs).toBeGreaterThanOrEqual(fromMs);
        expect(nextSync(atMs)).toBe(atMs);
      }
    },
  );

  test('around the clock: every eight hours', () => {
    const nextSync = CALENDARS['around the clock'](createDice(3));
    const first = nextSync(0);
    expect(nextSync(first + 1)).toBeCloseTo(first + 8 * HOUR_MS, 0);
  });

  test('office hours: not on Saturday and Sunday, first between 7:30 and 9:30', () => {
    const dice = createDice(3);
    for (let i = 0; i < 50; i++) {
      const monday = CALENDARS['office hours'](dice)(5 * DAY_MS) - 7 * DAY_MS;
      expect(monday).toBeGreaterThanOrEqual(7.5 * HOUR_MS);
      expect(monday).toBeLessThanOrEqual(9.5 * HOUR_MS);
    }
  });
});

describe('the fleet', () => {
  test('without jitter all renewals of a fleet fall into one span of eight hours', () => {
    const { renewalsByHour, renewals } = simulateFleet({ ...fleet, days: 400 });
    const hours = [...renewalsByHour.entries()].filter(([, count]) => count > 0).map(([hour]) => hour);
    expect(renewals).toBe(fleet.devices);
    expect(Math.max(...hours) - Math.min(...hours)).toBeLessThanOrEqual(8);
    // 80 % of a year, to the next sync: when Intune's own rule says so, and not at the sync before.
    const [first = 0] = hours;
    const certificate = {
      recordedAt: new Date(0).toISOString(),
      expiresAt: new Date(365 * DAY_MS).toISOString(),
    };
    expect(isDueForRenewal(certificate, 20, new Date((first + 1) * HOUR_MS))).toBe(true);
    expect(isDueForRenewal(certificate, 20, new Date((first - 9) * HOUR_MS))).toBe(false);
  });

  test('jitter spreads them over weeks, and costs a few more', () => {
    const off = findPeak(fleet);
    const on = findPeak({ ...fleet, jitterPercent: 10 });
    expect(on.peakPerHour * 10).toBeLessThan(off.peakPerHour);
    expect(simulateFleet({ ...fleet, jitterPercent: 10, days: 400 }).renewals).toBe(fleet.devices);
    expect(on.firstPeakPerHour / off.firstPeakPerHour).toBeCloseTo(1, 0);
  });

  test('a rollout spreads the first certificates', () => {
    expect(findPeak({ ...fleet, rolloutDays: 30 }).firstPeakPerHour * 20).toBeLessThan(
      findPeak(fleet).firstPeakPerHour,
    );
  });

  test('nobody who comes every working day is ever without', () => {
    for (const calendar of CALENDAR_NAMES)
      expect(findPeak({ ...fleet, calendar, jitterPercent: 50 }).lapses).toBe(0);
  });

  test('the same seed, the same fleet; another seed, another', () => {
    const jittered = { ...fleet, jitterPercent: 10 };
    expect(findPeak(jittered)).toEqual(findPeak(jittered));
    expect(simulateFleet({ ...jittered, seed: 8 }).renewalsByHour).not.toEqual(
      simulateFleet(jittered).renewalsByHour,
    );
  });
});

test('the page shows what the simulation still says', () => {
  const report = JSON.parse(readFileSync('docs/measurements/renewals.json', 'utf8')) as RenewalReport;
  const { peaks } = report;
  expect(peaks.map(({ jitterPercent }) => jitterPercent)).toEqual([0, 5, 10, 20, 0, 5, 10, 20]);
  for (const { calendar, jitterPercent, peakPerHour, devices } of peaks.filter(
    (peak) => peak.calendar === 'office hours' && [0, 10].includes(peak.jitterPercent),
  )) {
    const sample = findPeak({ ...fleet, ...report.fleet, devices: 10_000, calendar, jitterPercent });
    const [own, shown] = [sample.peakPerHour / sample.devices, peakPerHour / devices];
    // A hundredth of the fleet: its worst hour is a little worse than the share that all have.
    expect(own / shown).toBeGreaterThan(0.95);
    expect(own / shown).toBeLessThan(1.25);
  }
});

describe('limits', () => {
  const costs: Costs = {
    instance: { perSecond: 100, p95Ms: 50, cpuUs: 5000 },
    roundTrips: {
      enrollment: {
        storeRequests: 5,
        certificateEntities: 16,
        journalEntities: 4,
        vaultOperations: 1,
        intuneCalls: 2,
        graphCalls: 2,
      },
      ocsp: { storeRequests: 1, repeatedStoreRequests: 0 },
    },
  };

  test('a vault: its operations in ten seconds, by what an enrollment takes', () => {
    expect(vaultLimit(costs, 'RSA-3072', 'hsm').perSecond).toBe(50);
    expect(vaultLimit(costs, 'EC-P256', 'software').perSecond).toBe(400);
  });

  test('storage: the tightest first', () => {
    expect(storageLimits(costs).map(({ perSecond }) => perSecond)).toEqual([500, 2000, 4000]);
  });
});
