/** @module What the directory's word means for one certificate. */
import type { Holder, Standing } from '../directory/directory.js';
import type { CertificateRecord } from '../store/store.js';
import type { RevocationOrder } from './revoker.js';

/** As `Revocation.by`. Holds of anybody else are not the directory's to release. */
export const DIRECTORY = 'directory';

export const isLive = ({ state }: CertificateRecord): boolean => state === 'issued' || state === 'delivered';

export const isOnHold = ({ state, revocation }: CertificateRecord): boolean =>
  state === 'revoked' && revocation?.reason === 'certificateHold';

export const isHeldByDirectory = (record: CertificateRecord): boolean =>
  isOnHold(record) && record.revocation?.by === DIRECTORY;

/** @returns undefined when nothing names a device or a user. */
export function holderOf({ deviceId, user, reservedAt }: CertificateRecord): Holder | undefined {
  if (deviceId === undefined && user === undefined) return undefined;
  return {
    issuedAt: reservedAt,
    ...(deviceId === undefined ? {} : { deviceId }),
    ...(user === undefined ? {} : { user }),
  };
}

/**
 * A device or user that is gone takes its certificates along for good; one that may come back leaves them on hold.
 * @returns undefined when the certificate is as it should be.
 */
export function orderFor(
  record: CertificateRecord,
  { standing }: Standing,
): (RevocationOrder & { readonly by: typeof DIRECTORY }) | undefined {
  const { serialNumber } = record;
  switch (standing) {
    case 'good':
      return isHeldByDirectory(record) ? { action: 'release', serialNumber, by: DIRECTORY } : undefined;
    case 'suspended':
      return isLive(record) ? { action: 'hold', serialNumber, by: DIRECTORY } : undefined;
    case 'ended':
      return isLive(record) || isOnHold(record)
        ? { action: 'revoke', serialNumber, reason: 'cessationOfOperation', by: DIRECTORY }
        : undefined;
  }
}
