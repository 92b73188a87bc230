/** @module Whether each thing that issuing depends on is there; what is missing is said by name, with the remedy. */
import type { Clock } from '../base/clock.js';
import { ERRORS } from '../base/error-codes.js';
import type { GraphDirectory } from '../directory/graph-directory.js';
import type { IntuneClient } from '../intune/client.js';
import type { CertificateReader } from '../store/store.js';
import { createCheck, type HealthCheck } from './health-check.js';
import { createKeyChecks } from './key-health.js';
import type { Keys } from './keys.js';

export interface HealthParts {
  readonly keys: Keys;
  readonly store: CertificateReader;
  readonly intune?: IntuneClient;
  readonly directory?: Pick<GraphDirectory, 'probe'>;
  readonly clock: Clock;
}

export function createHealthChecks({ keys, store, intune, directory, clock }: HealthParts): HealthCheck[] {
  const checks = [
    ...createKeyChecks(keys, clock),
    createCheck('Certificate store', async () => {
      await store.get('0'.repeat(40));
      return { ok: true, text: 'The store answers.' };
    }),
  ];
  if (intune) {
    checks.push(
      createCheck('Intune', async () => {
        const { intuneToken, graphToken, scepService, missingRoles } = await intune.probe();
        const works = [intuneToken, graphToken, scepService].every((part) => part.ok);
        return works && missingRoles.length === 0
          ? { ok: true, text: 'Intune accepts this app.' }
          : {
              ok: false,
              text: `Intune does not accept this app yet.${nameMissing(missingRoles)}`,
              remedy: ERRORS.ERR_INTUNE_FORBIDDEN.remedy,
            };
      }),
    );
  }
  if (directory) {
    checks.push(
      createCheck('Directory', async () => {
        const { ok, missingRoles } = await directory.probe();
        if (ok) return { ok, text: 'Devices and users can be looked up.' };
        return {
          ok,
          text: `Devices and users cannot be looked up.${nameMissing(missingRoles)}`,
          remedy: ERRORS.ERR_DIRECTORY_FORBIDDEN.remedy,
        };
      }),
    );
  }
  return checks;
}

const nameMissing = (roles: readonly string[]): string =>
  roles.length > 0 ? ` Missing: ${roles.join(', ')}.` : '';
