/** @module What Intune counts as issued against the rows. */
import { DAY_MS } from '../../lib/base/clock.js';
import type { AuditInput, CertificateRow, IntuneRecord, Judgement } from './model.js';

/** How long a certificate may be unknown to Intune: the life of a deferred notification. */
const NOTICE_MS = DAY_MS;

export const withoutZeros = (serialNumber: string): string => serialNumber.toUpperCase().replace(/^0+/, '');

export function judgeIntune(
  { rows, until, intuneEndpoints }: AuditInput,
  records: readonly IntuneRecord[],
): Judgement {
  const serials = new Set(rows.map(({ serialNumber }) => withoutZeros(serialNumber)));
  const thumbprints = new Set(rows.map(({ thumbprint }) => thumbprint));
  const known = {
    serials: new Set(records.map(({ serialNumber }) => serialNumber)),
    thumbprints: new Set(records.map(({ thumbprint }) => thumbprint)),
  };
  const isOurs = ({ serialNumber, thumbprint }: IntuneRecord) =>
    (serialNumber !== undefined && serials.has(serialNumber)) ||
    (thumbprint !== undefined && thumbprints.has(thumbprint));
  const isTheirs = ({ serialNumber, thumbprint }: CertificateRow) =>
    known.serials.has(withoutZeros(serialNumber)) || (thumbprint && known.thumbprints.has(thumbprint));

  // What is revoked or over may be gone from Intune's list with its device.
  const live = rows.filter(
    ({ endpoint, state, notAfter }) =>
      intuneEndpoints.has(endpoint) && state === 'delivered' && notAfter > until,
  );
  const unknown = live.filter((row) => !isTheirs(row));
  const mayWait = ({ deliveredAt }: CertificateRow) =>
    !!deliveredAt && until.getTime() - deliveredAt.getTime() < NOTICE_MS;
  return {
    counts: {
      intuneRecords: records.length,
      liveRowsOfIntune: live.length,
      noticesInFlight: unknown.filter(mayWait).length,
    },
    unexplained: [
      ...records
        .filter((record) => !isOurs(record))
        .map(({ serialNumber, thumbprint }) => ({
          kind: 'intune-without-row',
          text: `Intune counts a certificate that has no row: ${serialNumber ?? thumbprint ?? 'without a name'}.`,
        })),
      ...unknown
        .filter((row) => !mayWait(row))
        .map(({ serialNumber }) => ({
          kind: 'row-without-intune',
          text: `The certificate ${serialNumber} is in use, and Intune does not count it.`,
        })),
    ],
  };
}
