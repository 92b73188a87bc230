/** @module Whether each thing that issuing depends on is there; what is missing is said by name, with the remedy. */
import { DAY_MS, type Clock } from '../base/clock.js';
import { ERRORS } from '../base/error-codes.js';
import { toSkepError } from '../base/errors.js';
import type { IntuneClient } from '../intune/client.js';
import type { AuthoritySource } from '../keys/authority.js';
import { parseCertificate } from '../pki/certificate.js';
import type { CertificateReader } from '../store/store.js';

export interface HealthReport {
  readonly ok: boolean;
  /** One plain sentence; says nothing that a stranger may not know. */
  readonly text: string;
  /** What to do, when something is wrong. */
  readonly remedy?: string;
}

export interface HealthCheck {
  readonly name: string;
  /** Never throws. */
  run(): Promise<HealthReport>;
}

export interface HealthParts {
  readonly authority: AuthoritySource;
  readonly store: CertificateReader;
  readonly intune?: IntuneClient;
  readonly clock: Clock;
}

export function createHealthChecks({ authority, store, intune, clock }: HealthParts): HealthCheck[] {
  const checks = [
    check('Certification authority', async () => {
      const { issuer, recipients } = await authority();
      const ends = [issuer.certificate, recipients[0].certificate].map(
        (der) => parseCertificate(der).notAfter,
      );
      const soonest = Math.min(...ends.map((end) => end.getTime()));
      const days = Math.floor((soonest - clock.now().getTime()) / DAY_MS);
      return days > 0
        ? { ok: true, text: `The keys are there; the first certificate to expire has ${days} days left.` }
        : { ok: false, text: 'A CA or RA certificate has expired.', remedy: ERRORS.ERR_VALIDITY.remedy };
    }),
    check('Certificate store', async () => {
      await store.get('0'.repeat(40));
      return { ok: true, text: 'The store answers.' };
    }),
  ];
  if (intune) {
    checks.push(
      check('Intune', async () => {
        const { intuneToken, graphToken, scepService } = await intune.probe();
        const broken = [intuneToken, graphToken, scepService].find((part) => !part.ok);
        return broken
          ? {
              ok: false,
              text: 'Intune does not accept this app yet.',
              remedy: ERRORS.ERR_INTUNE_FORBIDDEN.remedy,
            }
          : { ok: true, text: 'Intune accepts this app.' };
      }),
    );
  }
  return checks;
}

function check(name: string, look: () => Promise<HealthReport>): HealthCheck {
  return {
    name,
    async run() {
      try {
        return await look();
      } catch (thrown) {
        const { code } = toSkepError(thrown);
        return { ok: false, text: `${code}: ${ERRORS[code].means}`, remedy: ERRORS[code].remedy };
      }
    },
  };
}
