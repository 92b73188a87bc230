import { describe, expect, it } from 'vitest';
import { formatFleet, formatHistogram } from '../../../dev/fleet/print.js';
import type { FleetReport } from '../../../dev/fleet/run.js';

const OPTIONS = { devices: 3, days: 10, thresholdPercent: 20, jitterPercent: 0, seed: 1 };
const REPORT: FleetReport = {
  enrollments: 3,
  renewalsByDay: [0, 0, 4, 0, 2, 0, 0, 0, 0, 0],
  renewals: 6,
  failures: [{ day: 3, deviceId: 'device-1', errorCode: 0x80190194 }],
  lapses: [
    { day: 5, deviceId: 'device-2', daysWithout: 2 },
    { day: 9, deviceId: 'device-3', daysWithout: null },
  ],
  syncs: 30,
  certificates: 9,
};

describe('the page', () => {
  const page = formatFleet(OPTIONS, REPORT, 1234);

  it('says how it went, and to whom it went badly', () => {
    for (const line of [
      '3 devices, 10 days, in 1.2 s of real time',
      'Enrollments   3',
      'Renewals      6',
      'Failures      1',
      '  day 3: device-1, 0x80190194',
      'Lapsed        2',
      '  day 5: device-2, without a certificate for 2 days',
      '  day 9: device-3, without a certificate to the end',
    ])
      expect(page.split('\n')).toContain(line);
  });

  it('cuts long lists, and says so', () => {
    const failures = Array.from({ length: 13 }, (_, day) => ({ day, deviceId: 'd', errorCode: 0 }));
    const long = formatFleet(OPTIONS, { ...REPORT, failures }, 0);
    expect(long.match(/ {2}day \d+: d,/g)).toHaveLength(10);
    expect(long).toContain('  and 3 more');
  });
});

describe('the histogram', () => {
  it('goes from the first day with a renewal to the last', () => {
    expect(formatHistogram(REPORT.renewalsByDay)).toEqual([
      `          2      4 ${'█'.repeat(40)}`,
      '          3      0',
      `          4      2 ${'█'.repeat(20)}`,
    ]);
  });

  it('puts days together so that it stays on one screen, and loses none', () => {
    const rows = formatHistogram(Array.from({ length: 400 }, () => 3));
    expect(rows).toHaveLength(40);
    expect(rows.reduce((sum, row) => sum + Number(row.trim().split(/\s+/)[1]), 0)).toBe(1200);
  });

  it('says that there is none', () => {
    expect(formatHistogram([0, 0])).toEqual(['  none']);
  });
});
