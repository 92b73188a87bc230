import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../lib/base/clock.js';
import type { ProfileConfig } from '../../../lib/issuance/profile.js';
import { shapeValidity } from '../../../lib/issuance/validity.js';
import { codeOf } from '../../support/error-code.js';
import { ISSUER, NOW, ruleRequest } from '../../support/issuance.js';

interface Case {
  readonly pairs?: Record<string, string>;
  readonly profile?: Partial<ProfileConfig>;
  readonly now?: Date;
  readonly issuer?: { readonly notBefore?: Date; readonly notAfter?: Date };
  readonly random?: number;
}

function shape({ pairs = {}, profile = {}, now = NOW, issuer = {}, random = 0 }: Case = {}) {
  const { request, notes } = ruleRequest({
    request: { pairs },
    profile,
    now,
    issuer: { ...ISSUER, certificate: { ...ISSUER.certificate, ...issuer } },
  });
  const validity = shapeValidity({ ...request, random: (length) => new Uint8Array(length).fill(random) });
  return { ...validity, notes: notes.map(({ code }) => code) };
}

const asked = (ValidityPeriod: string, ValidityPeriodUnits: string) => ({
  ValidityPeriod,
  ValidityPeriodUnits,
});
const TEN_YEARS = { maxValidityDays: 3650 };

describe('the end', () => {
  it('is the default when nothing is asked for', () => {
    expect(shape().notAfter).toEqual(new Date('2027-11-22T12:00:00Z'));
    expect(shape({ profile: { defaultValidityDays: 30 } }).notAfter).toEqual(
      new Date('2026-12-22T12:00:00Z'),
    );
    expect(shape().notes).toEqual([]);
  });

  it.each([
    ['Hours', '36', '2026-11-24T00:00:00Z'],
    ['Days', '10', '2026-12-02T12:00:00Z'],
    ['Weeks', '2', '2026-12-06T12:00:00Z'],
    ['Months', '3', '2027-02-22T12:00:00Z'],
    ['Years', '2', '2028-11-22T12:00:00Z'],
    ['years', '1', '2027-11-22T12:00:00Z'],
    ['YEAR', '1', '2027-11-22T12:00:00Z'],
    [' Months ', ' 1 ', '2026-12-22T12:00:00Z'],
  ])('is %s %s from now, in either order', (word, count, end) => {
    const windows = shape({ pairs: asked(word, count), profile: TEN_YEARS });
    const android = shape({ pairs: asked(count, word), profile: TEN_YEARS });
    expect(windows.notAfter).toEqual(new Date(end));
    expect(android).toEqual(windows);
    expect(windows.notes).toEqual([]);
  });

  it.each([
    ['2027-01-31T12:00:00Z', 'Months', '1', '2027-02-28T12:00:00Z'],
    ['2027-12-31T12:00:00Z', 'Months', '2', '2028-02-29T12:00:00Z'],
    ['2028-02-29T12:00:00Z', 'Years', '1', '2029-02-28T12:00:00Z'],
    ['2027-08-31T23:59:59Z', 'Months', '13', '2028-09-30T23:59:59Z'],
  ])('from %s, %s %s: the month’s last day if it lacks the day', (now, word, count, end) => {
    const { notAfter } = shape({ pairs: asked(word, count), profile: TEN_YEARS, now: new Date(now) });
    expect(notAfter).toEqual(new Date(end));
  });

  it('is never later than the profile allows', () => {
    const { notAfter, notes } = shape({ pairs: asked('Years', '99999') });
    expect(notAfter).toEqual(new Date(NOW.getTime() + 365 * DAY_MS));
    expect(notes).toEqual(['validity-capped']);
  });

  it('is never later than the CA certificate', () => {
    const issuerEnd = new Date(NOW.getTime() + 5 * DAY_MS);
    expect(shape({ issuer: { notAfter: issuerEnd } }).notAfter).toEqual(issuerEnd);
  });

  it.each([
    asked('Decades', '1'),
    asked('Years', '0'),
    asked('Years', '-1'),
    asked('Years', '1.5'),
    asked('Years', '1e3'),
    asked('Years', '123456'),
    asked('Years', ''),
    asked('5', '5'),
    asked('constructor', '1'),
    { ValidityPeriod: 'Years' },
    { ValidityPeriodUnits: '1' },
  ])('is the default when %j makes no sense', (pairs) => {
    const { notAfter, notes } = shape({ pairs });
    expect(notAfter).toEqual(new Date('2027-11-22T12:00:00Z'));
    expect(notes).toEqual(['validity-unreadable']);
  });

  it('comes forward by the jitter, and by no more', () => {
    const profile = { jitterPercent: 10 };
    const life = 365 * DAY_MS;
    expect(shape({ profile, random: 0 }).notAfter.getTime()).toBe(NOW.getTime() + life);
    const most = NOW.getTime() + life - shape({ profile, random: 0xff }).notAfter.getTime();
    expect(most).toBeGreaterThan(life * 0.0999);
    expect(most).toBeLessThanOrEqual(life * 0.1 + 1000);
  });
});

describe('the start', () => {
  it('lies a day before now, and does not shorten the life', () => {
    expect(shape().notBefore).toEqual(new Date('2026-11-21T12:00:00Z'));
    expect(shape({ profile: { backdateMinutes: 0 } }).notBefore).toEqual(NOW);
    expect(shape({ profile: { backdateMinutes: 10_080 } }).notAfter).toEqual(shape().notAfter);
  });

  it('does not lie before the CA certificate', () => {
    const notBefore = new Date(NOW.getTime() - HOUR_MS);
    expect(shape({ issuer: { notBefore } }).notBefore).toEqual(notBefore);
  });

  it('has whole seconds', () => {
    const now = new Date('2026-11-22T12:00:00.750Z');
    const { notBefore, notAfter } = shape({ now });
    expect(notBefore).toEqual(new Date('2026-11-21T12:00:00Z'));
    expect(notAfter).toEqual(new Date('2027-11-22T12:00:00Z'));
  });
});

describe('nothing left', () => {
  it.each([
    ['an expired CA certificate', { notAfter: NOW }],
    ['less than a second', { notAfter: new Date(NOW.getTime() + 500) }],
    ['a CA certificate of the future', { notBefore: new Date(NOW.getTime() + 1000) }],
    ['a CA certificate without dates', { notAfter: new Date(Number.NaN) }],
  ])('%s', (_, issuer) => {
    expect(codeOf(() => shape({ issuer }))).toBe('ERR_VALIDITY');
  });
});
