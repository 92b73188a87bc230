/** @module Checks of the CA and RA certificates, and of the vault key behind them. */
import { DAY_MS, MINUTE_MS, type Clock } from '../base/clock.js';
import { ERRORS } from '../base/error-codes.js';
import { parseCertificate } from '../pki/certificate.js';
import { createCheck, rememberReport, type HealthCheck, type HealthReport } from './health-check.js';
import type { Keys } from './keys.js';

/** Days that an RA certificate has left when its renewal has failed for a fortnight. */
const RA_WARNING_DAYS = 15;
const CA_WARNING_DAYS = 180;

/** One signature in ten minutes and instance; what was mended shows within one. */
const SIGNING_MEMORY = { goodMs: 10 * MINUTE_MS, badMs: MINUTE_MS } as const;

export function createKeyChecks({ authority, testSigning }: Keys, clock: Clock): HealthCheck[] {
  const checks = [
    createCheck('CA certificate', async () => {
      const { issuer } = await authority();
      return describeEnd('CA', issuer.certificate, clock, {
        warnDays: CA_WARNING_DAYS,
        remedy: 'Prepare its successor: `skep ca rollover`, or `skep ca csr` and `skep ca install`.',
      });
    }),
    createCheck('RA certificate', async () => {
      const { mode, recipients } = await authority();
      if (mode === 'ca') return { ok: true, text: 'The CA itself opens requests; there is no RA.' };
      return describeEnd('RA', recipients[0].certificate, clock, {
        warnDays: RA_WARNING_DAYS,
        remedy: 'Its successor is overdue: look at the log of the function timer-ra-renewal.',
      });
    }),
  ];
  if (!testSigning) return checks;
  const signing = createCheck('CA key in the vault', async () => {
    const { excess } = await testSigning();
    const text = 'The CA certificate belongs to the vault key, and this app can sign with it.';
    if (excess.length === 0) return { ok: true, text };
    return {
      ok: true,
      text,
      remedy: 'Let the key’s permitted operations be sign and verify.',
      detail: [`the CA key also permits ${excess.join(', ')}`],
    };
  });
  return [...checks, rememberReport(signing, SIGNING_MEMORY, clock)];
}

function describeEnd(
  name: 'CA' | 'RA',
  certificate: Uint8Array,
  clock: Clock,
  { warnDays, remedy }: { readonly warnDays: number; readonly remedy: string },
): HealthReport {
  const left = parseCertificate(certificate).notAfter.getTime() - clock.now().getTime();
  if (left <= 0)
    return { ok: false, text: `The ${name} certificate has expired.`, remedy: ERRORS.ERR_VALIDITY.remedy };
  const days = Math.floor(left / DAY_MS);
  const text = `The ${name} certificate has ${days} days left.`;
  return days < warnDays ? { ok: true, text, remedy } : { ok: true, text };
}
