/** @module The life of a fleet as a page of text. */
import { LONGEST_ABSENCE_DAYS, ROLLOUT_DAYS } from './calendar.js';
import type { FleetOptions } from './options.js';
import type { FleetReport } from './run.js';

const ROWS = 40;
const BAR = 40;
const SHOWN = 10;

export function formatFleet(options: FleetOptions, report: FleetReport, elapsedMs: number): string {
  const { devices, days, thresholdPercent, jitterPercent, seed } = options;
  const { enrollments, renewals, failures, lapses, syncs, certificates } = report;
  return [
    `${devices} devices, ${days} days, in ${(elapsedMs / 1000).toFixed(1)} s of real time`,
    `  Renewal at ${thresholdPercent} % of life, ends spread by up to ${jitterPercent} %, seed ${seed}.`,
    `  Rolled out over ${Math.min(ROLLOUT_DAYS, days)} days; switched off twice a year for up to ${LONGEST_ABSENCE_DAYS} days.`,
    '  One sync a day stands for the three that Windows makes; one a week where nothing can be due.',
    '',
    `Syncs         ${syncs}`,
    `Enrollments   ${enrollments}`,
    `Renewals      ${renewals}`,
    `Certificates  ${certificates}`,
    `Failures      ${failures.length}`,
    ...shorten(
      failures.map(
        ({ day, deviceId, errorCode }) =>
          `  day ${day}: ${deviceId}, 0x${errorCode.toString(16).padStart(8, '0')}`,
      ),
    ),
    `Lapsed        ${lapses.length}`,
    ...shorten(
      lapses.map(({ day, deviceId, daysWithout }) =>
        daysWithout === null
          ? `  day ${day}: ${deviceId}, without a certificate to the end`
          : `  day ${day}: ${deviceId}, without a certificate for ${daysWithout} days`,
      ),
    ),
    '',
    'Renewals by day',
    ...formatHistogram(report.renewalsByDay),
    '',
  ].join('\n');
}

function shorten(lines: readonly string[]): string[] {
  const more = lines.length - SHOWN;
  return more > 0 ? [...lines.slice(0, SHOWN), `  and ${more} more`] : [...lines];
}

/** From the first day with a renewal to the last, days put together so that it stays on one screen. */
export function formatHistogram(counts: readonly number[]): string[] {
  const first = counts.findIndex((count) => count > 0);
  if (first < 0) return ['  none'];
  const last = counts.findLastIndex((count) => count > 0);
  const width = Math.ceil((last - first + 1) / ROWS);
  const rows: { readonly from: number; readonly to: number; readonly count: number }[] = [];
  for (let from = first; from <= last; from += width) {
    const to = Math.min(from + width - 1, last);
    rows.push({ from, to, count: counts.slice(from, to + 1).reduce((sum, count) => sum + count, 0) });
  }
  const most = Math.max(...rows.map(({ count }) => count));
  return rows.map(({ from, to, count }) => {
    const label = from === to ? String(from) : `${from}-${to}`;
    return `  ${label.padStart(9)} ${String(count).padStart(6)} ${'█'.repeat(Math.ceil((count / most) * BAR))}`.trimEnd();
  });
}
