/** @module Step 6: one use of the CA key, by one attempt at a time. */
import type { ErrorCode } from '../base/error-codes.js';
import { toSkepError } from '../base/errors.js';
import { assembleCertificate } from '../issuance/seal.js';
import type { CertificateRecord } from '../store/store.js';
import { leaseEnd } from './recall.js';
import type { EnrollmentService } from './service.js';
import type { Attempt } from './steps.js';

/** Takes up what an earlier attempt wrote down and did not finish. Of two that try at once, one is told to come back. */
export async function takeUp({ service }: Attempt, reserved: CertificateRecord): Promise<CertificateRecord> {
  return service.store.lease(reserved, leaseEnd(service.clock.now()));
}

/**
 * Uses the CA key. Where the key says that it did not sign, the row is free for the next attempt at once; after silence
 * it is not, because a signature may still be on its way.
 * @throws {SkepError} what the signer throws.
 */
export async function sign(
  { service, authority: { issuer } }: Attempt,
  reserved: CertificateRecord,
): Promise<Uint8Array> {
  try {
    const signature = await issuer.signer.sign(reserved.tbs, issuer.algorithm);
    return assembleCertificate(reserved.tbs, issuer, signature);
  } catch (thrown) {
    if (NEVER_SIGNED.has(toSkepError(thrown).code)) await layDown(service, reserved);
    throw thrown;
  }
}

const NEVER_SIGNED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ERR_SIGNER_THROTTLED',
  'ERR_SIGNER_REFUSED',
]);

/** A store that fails here changes nothing about the answer: the lease then ends by itself. */
async function layDown(
  { store, clock, logger }: EnrollmentService,
  reserved: CertificateRecord,
): Promise<void> {
  try {
    await store.lease(reserved, clock.now());
  } catch (thrown) {
    const { code } = toSkepError(thrown);
    logger.info('A reserved row stays leased', { code, serialNumber: reserved.serialNumber });
  }
}
