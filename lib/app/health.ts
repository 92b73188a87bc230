/** @module Whether each thing that issuing depends on is there; what is missing is said by name, with the remedy. */
import type { Clock } from '../base/clock.js';
import { ERRORS } from '../base/error-codes.js';
import type { GraphDirectory } from '../directory/graph-directory.js';
import type { EventQueue } from '../ledger/ledger.js';
import type { IntuneClient } from '../intune/client.js';
import type { CertificateReader } from '../store/store.js';
import type { IntuneProbe } from '../intune/probe.js';
import { createCheck, type HealthCheck, type HealthReport } from './health-check.js';
import { createLogCheck } from './log-health.js';
import { createKeyChecks } from './key-health.js';
import type { Keys } from './keys.js';

export interface HealthParts {
  readonly keys: Keys;
  readonly store: CertificateReader;
  readonly events: Pick<EventQueue, 'pending'>;
  readonly intune?: IntuneClient;
  readonly directory?: Pick<GraphDirectory, 'probe'>;
  readonly clock: Clock;
}

export function createHealthChecks({
  keys,
  store,
  events,
  intune,
  directory,
  clock,
}: HealthParts): HealthCheck[] {
  const checks = [
    ...createKeyChecks(keys, clock),
    createCheck('Certificate store', async () => {
      await store.get('0'.repeat(40));
      return { ok: true, text: 'The store answers.' };
    }),
    createLogCheck(events, clock),
  ];
  if (intune) {
    checks.push(
      createCheck('Intune', async () => {
        return describeIntune(await intune.probe());
      }),
    );
  }
  if (directory) {
    checks.push(
      createCheck('Directory', async () => {
        const { ok, missingRoles, detail } = await directory.probe();
        if (ok) return { ok, text: 'Devices and users can be looked up.' };
        return {
          ok,
          text: 'Devices and users cannot be looked up.',
          remedy: ERRORS.ERR_DIRECTORY_FORBIDDEN.remedy,
          detail: [
            ...missingRoles.map((role) => `the Graph token lacks ${role}`),
            ...(detail ? [detail] : []),
          ],
        };
      }),
    );
  }
  return checks;
}

function describeIntune({
  intuneToken,
  graphToken,
  scepService,
  revocationService,
  missingRoles,
}: IntuneProbe): HealthReport {
  const detail = [
    ...missingRoles.map((role) => `the token lacks ${role}`),
    `Intune token: ${intuneToken.detail}`,
    `Graph token: ${graphToken.detail}`,
    `SCEP validation service: ${scepService.detail}`,
    `revocation service: ${revocationService.detail}`,
  ];
  const works = [intuneToken, graphToken, scepService].every((part) => part.ok);
  return works && missingRoles.length === 0
    ? { ok: true, text: 'Intune accepts this app.', detail }
    : {
        ok: false,
        text: 'Intune does not accept this app yet.',
        remedy: ERRORS.ERR_INTUNE_FORBIDDEN.remedy,
        detail,
      };
}
