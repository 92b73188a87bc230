/** The reports of a load test: what they say, and that they stand alone. */
import { describe, expect, test } from 'vitest';
import { readFigures, sliceName, type SummaryData } from '../../load/k6/figures.js';
import { formatReport } from '../../load/k6/report.js';
import { formatSummary } from '../../load/k6/text.js';
import { k6Thresholds, thresholdsOf } from '../../load/k6/thresholds.js';
import type { LoadPlan } from '../../load/plan.js';

const plan: LoadPlan = {
  scenario: 'overload',
  target: 'https://skep.test/<script>alert("&")</script>',
  scepUrl: 'https://skep.test/static/pkiclient.exe',
  ocspUrl: '',
  devices: 300,
  seconds: 20,
  connections: 256,
  limits: { scepP95Ms: 5000, ocspP95Ms: 1000 },
};

const data = (missed: readonly string[] = []): SummaryData => ({
  state: { testRunDurationMs: 20_000 },
  metrics: {
    scep_served: { values: { count: 300 }, thresholds: { 'count>0': { ok: true } } },
    scep_shed: { values: { count: 700 }, thresholds: { 'count>0': { ok: !missed.includes('scep_shed') } } },
    scep_serverError: { values: { count: 0 }, thresholds: { 'count==0': { ok: true } } },
    scep_time: { values: { count: 300, med: 41.2, 'p(95)': 410, 'p(99)': 500, max: 612 } },
    [sliceName(0, 'time')]: { values: { count: 200, 'p(95)': 400 } },
    [sliceName(0, 'turned_away')]: { values: { count: 500 } },
    [sliceName(29, 'time')]: { values: { count: 100, 'p(95)': 410 } },
  },
});

const conditions = thresholdsOf(plan).filter(
  ({ metric }) => metric in data().metrics && metric !== 'scep_time',
);

describe('figures', () => {
  test('answers are counted by operation, and one that was not asked is left out', () => {
    const { operations, seconds, slices } = readFigures(data(), conditions);
    expect(operations.map(({ operation, total }) => [operation, total])).toEqual([['scep', 1000]]);
    expect(operations[0]?.answers).toMatchObject({ served: 300, shed: 700, serverError: 0 });
    expect(seconds).toBe(20);
    expect(slices[0]).toEqual({ served: 200, turnedAway: 500, p95Ms: 400 });
  });

  test('conditions keep their order, and one that k6 says nothing of was not met', () => {
    const { thresholds } = readFigures(data(), [
      ...conditions,
      { metric: 'scep_timedOut', condition: 'count==0', text: 'no time-out' },
    ]);
    expect(thresholds.map(({ met }) => met)).toEqual([true, true, true, false]);
    expect(thresholds.at(2)?.text).toBe('SCEP: what is too much is turned away with 429');
  });

  test('but for an overload, nobody may be turned away', () => {
    expect(k6Thresholds({ ...plan, scenario: 'enroll' })['scep_shed']).toEqual(['count==0']);
    expect(k6Thresholds({ ...plan, scenario: 'mixed' })['ocsp_time']).toEqual(['p(95)<1000']);
  });
});

describe('the page', () => {
  const page = formatReport(plan, readFigures(data(), conditions), '2026-11-25T12:00:00Z');

  test('loads nothing and runs nothing', () => {
    expect(page).not.toMatch(/<script|<link|@import|url\(|\ssrc=|\shref=|\son[a-z]+=/i);
  });

  test('escapes what came from outside', () => {
    expect(page).toContain('https://skep.test/&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;');
  });

  test('knows light and dark, and says in words what it draws', () => {
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).toMatch(/role="img" aria-label="300 answers were served and 500 were not/);
  });

  test('says whether it all held', () => {
    expect(page).toContain('All of it held');
    const missed = formatReport(plan, readFigures(data(['scep_shed']), conditions), '');
    expect(missed).toContain('1 of 3 conditions did not hold');
    expect(missed).toContain('<strong class="bad">no</strong>');
  });
});

test('the text says what was missed', () => {
  const text = formatSummary(plan, readFigures(data(['scep_shed']), conditions));
  expect(text).toContain('MISSED  SCEP: what is too much is turned away with 429');
  expect(text).toContain('300 served, 700 turned away (429)');
  expect(text).toContain('1 of 3 did not hold.');
});
