/** @module Says in time that a certificate of the authority ends; an alert of infra/ looks for the line. */
import { DAY_MS, type Clock } from '../base/clock.js';
import type { LogFields, Logger } from '../base/log.js';
import type { AuthoritySource } from '../keys/authority.js';
import { parseCertificate } from '../pki/certificate.js';

export interface ExpiryWatchParts {
  readonly authority: AuthoritySource;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A new CA has to reach every device through Intune first. */
const CA_WARNING_DAYS = 90;
/** The RA certificate is replaced a month before its end, so by then that has failed for two weeks. */
const RA_WARNING_DAYS = 14;

/** @returns a task for a timer, once a day. It throws what the authority throws. */
export function createExpiryWatch({ authority, clock, logger }: ExpiryWatchParts): () => Promise<LogFields> {
  return async () => {
    const { mode, issuer, recipients } = await authority();
    const daysOf = (der: Uint8Array): number =>
      Math.floor((parseCertificate(der).notAfter.getTime() - clock.now().getTime()) / DAY_MS);
    const watched = [
      { which: 'CA', daysLeft: daysOf(issuer.certificate), warningDays: CA_WARNING_DAYS },
      ...(mode === 'ra'
        ? [{ which: 'RA', daysLeft: daysOf(recipients[0].certificate), warningDays: RA_WARNING_DAYS }]
        : []),
    ];
    const ending = watched.filter(({ daysLeft, warningDays }) => daysLeft < warningDays);
    for (const { which, daysLeft } of ending) {
      logger.warn('A certificate of the authority ends soon', { which, daysLeft });
    }
    return { ending: ending.length };
  };
}
