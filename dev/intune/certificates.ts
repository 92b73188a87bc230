/** @module What Intune remembers of issued certificates, and when it wants one revoked. */
import { randomUUID } from 'node:crypto';
import { createDeployment } from './challenge/mint.js';
import { DeploymentError } from './challenge/variables.js';
import type {
  CertificateRequest,
  IssuedCertificate,
  RevocationCause,
  RevocationRequest,
  ScepProfile,
} from './model.js';
import { certificatesOf, isTargeted, type SimulatorState } from './state.js';

export type CertificateNotice = Pick<
  IssuedCertificate,
  'thumbprint' | 'serialNumber' | 'expiresAt' | 'issuer' | 'caConfiguration' | 'certificateAuthority'
> & { readonly transactionId: string };

/**
 * Records what a success notification says and marks the device's node as installed, as Intune expects it to be.
 * A repeated notification adds its transaction id and changes nothing else.
 * @returns false when the single-use switch is on and the challenge already has another certificate.
 */
export function recordCertificate(
  state: SimulatorState,
  now: Date,
  request: CertificateRequest,
  { transactionId, ...notice }: CertificateNotice,
): boolean {
  const known = state.certificates.get(notice.thumbprint);
  if (known) {
    known.transactionIds = [...new Set([...known.transactionIds, transactionId])];
    return true;
  }
  if (state.switches.singleUse && request.state === 'completed') return false;
  const { tenantId, deviceId, profileId, uniqueId, hash, challengeDigest } = request;
  const siblings = certificatesOf(state, deviceId);
  for (const other of siblings) {
    if (other.uniqueId === uniqueId && other.state === 'active') other.state = 'superseded';
  }
  const certificate: IssuedCertificate = {
    tenantId,
    deviceId,
    profileId,
    uniqueId,
    hash,
    challengeDigest,
    ...notice,
    recordedAt: now.toISOString(),
    transactionIds: [transactionId],
    state: 'active',
  };
  state.certificates.set(notice.thumbprint, certificate);
  state.deviceCertificates.set(deviceId, [...siblings, certificate]);
  request.state = 'completed';
  const device = state.devices.get(deviceId);
  if (device)
    device.csp[uniqueId] = {
      thumbprint: notice.thumbprint,
      status: 1,
      errorCode: 0,
      respondentServerUrl: device.csp[uniqueId]?.respondentServerUrl ?? '',
    };
  return true;
}

/** Queues a revocation for each of `certificates` that is chosen and lives: current ones and those they replaced. */
export function queueRevocations(
  state: SimulatorState,
  cause: RevocationCause,
  certificates: Iterable<IssuedCertificate>,
  chosen: (certificate: IssuedCertificate) => boolean = () => true,
): void {
  for (const certificate of certificates) {
    const alive = certificate.state === 'active' || certificate.state === 'superseded';
    if (!alive || !chosen(certificate)) continue;
    queueRevocation(state, cause, {
      tenantId: certificate.tenantId,
      serialNumber: certificate.serialNumber,
      issuerName: certificate.issuer,
      caConfiguration: certificate.caConfiguration,
    });
    certificate.state = 'revocationQueued';
  }
}

/** Puts one row into the queue, whether or not Intune knows such a certificate. */
export function queueRevocation(
  state: SimulatorState,
  cause: RevocationCause,
  row: Pick<RevocationRequest, 'tenantId' | 'serialNumber' | 'issuerName' | 'caConfiguration'>,
): RevocationRequest {
  const requestContext = randomUUID();
  const request: RevocationRequest = {
    ...row,
    requestContext,
    cause,
    state: 'queued',
    attempts: 0,
    errorCode: null,
    errorMessage: null,
  };
  state.revocations.set(requestContext, request);
  return request;
}

/** Queues what an ended assignment leaves behind. */
export function queueUntargeted(state: SimulatorState): void {
  queueRevocations(state, 'unassigned', state.certificates.values(), ({ profileId, deviceId }) => {
    const profile = state.profiles.get(profileId);
    const device = state.devices.get(deviceId);
    return device !== undefined && (!profile || !isTargeted(state, profile, device));
  });
}

/** Queues what an edited profile no longer asks for. */
export function queueOutdated(state: SimulatorState, profile: ScepProfile): void {
  queueRevocations(state, 'profileChanged', state.certificates.values(), (certificate) => {
    const device = state.devices.get(certificate.deviceId);
    if (certificate.profileId !== profile.id || !device) return false;
    try {
      return createDeployment(state, profile, device).hash !== certificate.hash;
    } catch (cause) {
      if (cause instanceof DeploymentError) return false;
      throw cause;
    }
  });
}
