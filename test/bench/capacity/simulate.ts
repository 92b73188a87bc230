/**
 * @module Years of a big fleet in seconds: when its certificates fall due, and how many devices come in the same hour.
 * The ends of certificates are those that the issuing code itself chooses, jitter and all.
 */
import { DAY_MS, HOUR_MS } from '../../../lib/base/clock.js';
import { shapeValidity } from '../../../lib/issuance/validity.js';
import { createDice } from '../../../dev/fleet/dice.js';
import { ruleRequest } from '../../support/issuance.js';
import { CALENDARS, type CalendarName } from './calendars.js';

export interface FleetOptions {
  readonly devices: number;
  readonly days: number;
  readonly calendar: CalendarName;
  /** As SKEP_EXPIRY_JITTER_PERCENT. */
  readonly jitterPercent: number;
  /** Percent of the life that is left when Intune renews. */
  readonly thresholdPercent: number;
  /** Days over which the profile is assigned, evenly; within the first sync when 0. */
  readonly rolloutDays: number;
  readonly seed: number;
}

export interface FleetYears {
  /** Certificates in each hour, first ones and renewals alike. */
  readonly enrollmentsByHour: Uint32Array;
  readonly renewalsByHour: Uint32Array;
  readonly renewals: number;
  /** Certificates that ended before their device came: none, unless it is away for longer than what is left. */
  readonly lapses: number;
}

/** A Monday. */
const START_MS = Date.parse('2026-01-05T00:00:00Z');

export function simulateFleet(options: FleetOptions): FleetYears {
  const { devices, days, calendar, thresholdPercent, rolloutDays } = options;
  const endMs = days * DAY_MS;
  const hours = Math.ceil(endMs / HOUR_MS);
  const enrollmentsByHour = new Uint32Array(hours);
  const renewalsByHour = new Uint32Array(hours);
  let renewals = 0;
  let lapses = 0;
  const dice = createDice(options.seed);
  const { request } = ruleRequest({ profile: { jitterPercent: options.jitterPercent } });

  /** Milliseconds since the start. */
  const validUntil = (issuedMs: number): number => {
    const now = new Date(START_MS + issuedMs);
    return shapeValidity({ ...request, now, random: dice.bytes }).notAfter.getTime() - START_MS;
  };
  const count = (byHour: Uint32Array, atMs: number): void => {
    const hour = Math.floor(atMs / HOUR_MS);
    byHour[hour] = (byHour[hour] ?? 0) + 1;
  };

  for (let device = 0; device < devices; device++) {
    const nextSync = CALENDARS[calendar](dice);
    let atMs = nextSync(dice.share() * rolloutDays * DAY_MS);
    if (atMs < endMs) count(enrollmentsByHour, atMs);
    while (atMs < endMs) {
      const untilMs = validUntil(atMs);
      // Intune renews at the first sync that finds no more than the threshold left.
      atMs = nextSync(untilMs - ((untilMs - atMs) * thresholdPercent) / 100);
      if (atMs >= endMs) break;
      count(renewalsByHour, atMs);
      renewals++;
      if (atMs > untilMs) lapses++;
    }
  }
  return { enrollmentsByHour, renewalsByHour, renewals, lapses };
}

export interface RenewalPeak {
  readonly calendar: CalendarName;
  readonly jitterPercent: number;
  readonly devices: number;
  readonly renewals: number;
  readonly lapses: number;
  /** Of the first certificates, when the profile is assigned. */
  readonly firstPeakPerHour: number;
  /** Renewals in the worst hour, and the hour itself, counted from the start. */
  readonly peakPerHour: number;
  readonly peakHour: number;
  /** In an average hour, from the first renewal to the last. */
  readonly meanPerHour: number;
}

export function findPeak(options: FleetOptions): RenewalPeak {
  const { calendar, jitterPercent, devices } = options;
  const { enrollmentsByHour, renewalsByHour, renewals, lapses } = simulateFleet(options);
  const peakPerHour = highest(renewalsByHour);
  const first = renewalsByHour.findIndex((count) => count > 0);
  const last = renewalsByHour.findLastIndex((count) => count > 0);
  return {
    calendar,
    jitterPercent,
    devices,
    renewals,
    lapses,
    firstPeakPerHour: highest(enrollmentsByHour),
    peakPerHour,
    peakHour: renewalsByHour.indexOf(peakPerHour),
    meanPerHour: renewals === 0 ? 0 : Math.round(renewals / (last - first + 1)),
  };
}

const highest = (counts: Uint32Array): number => counts.reduce((most, count) => Math.max(most, count), 0);
