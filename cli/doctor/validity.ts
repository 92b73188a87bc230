/** @module Whether a certificate of the CA's is valid now, and for how long. */
import { DAY_MS } from '../../lib/base/clock.js';
import type { Certificate } from '../../dev/scep-client/index.js';
import { attention, bad, good, type Outcome } from './outcome.js';
import type { Patient } from './patient.js';

export interface ValidityRule {
  readonly expired: 'ca-expired' | 'ra-expired';
  readonly soon: 'ca-ends-soon' | 'ra-ends-soon';
  readonly warnDays: number;
}

export function judgeValidity({ clock }: Patient, certificate: Certificate, rule: ValidityRule): Outcome {
  const { notBefore, notAfter } = certificate;
  const now = clock.now().getTime();
  const asked = `the validity of ${describe(certificate)}`;
  const found = `${day(notBefore)} to ${day(notAfter)}`;
  if (now < notBefore.getTime() || now >= notAfter.getTime()) return bad(rule.expired, asked, found);
  return notAfter.getTime() - now < rule.warnDays * DAY_MS
    ? attention(rule.soon, asked, found)
    : good(asked, found);
}

export const describe = ({ subject, isCa }: Certificate): string => `${isCa ? 'CA' : 'RA'} ${subject}`;

const day = (date: Date): string => date.toISOString().slice(0, 10);
