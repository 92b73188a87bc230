/** @module What Intune wants of each SCEP profile when a device syncs. Pure: state in, decisions with reasons out. */
import { createDeployment, type Deployment } from '../challenge/mint.js';
import { parseProfileId } from '../challenge/request-id.js';
import { DeploymentError } from '../challenge/variables.js';
import type { Device, IssuedCertificate, ScepProfile } from '../model.js';
import { isAssigned, isTargeted, type SimulatorState } from '../state.js';

/**
 * `missing`: the node is not there or its thumbprint is empty. `threshold`: little of the lifetime is left.
 * `changedHash`: the profile or a variable now asks for something else.
 */
type RequestReason = 'missing' | 'threshold' | 'changedHash';

export type Decision =
  | {
      readonly action: 'none';
      readonly profileId: string;
      readonly uniqueId: string;
      /** `unrecorded`: the device shows a certificate of which Intune was never told. */
      readonly reason: 'healthy' | 'unrecorded';
    }
  | {
      readonly action: 'request';
      readonly profileId: string;
      readonly uniqueId: string;
      readonly reason: RequestReason;
      readonly deployment: Deployment;
    }
  | { readonly action: 'delete'; readonly uniqueId: string; readonly reason: 'unassigned' | 'retired' }
  | { readonly action: 'fail'; readonly profileId: string; readonly reason: string };

/** Decides for every profile aimed at the device, then for every node that no profile wants any more. */
export function decideSync(state: SimulatorState, device: Device, now: Date): Decision[] {
  if (device.state === 'retirePending')
    return Object.keys(device.csp).map((uniqueId) => ({ action: 'delete', uniqueId, reason: 'retired' }));
  const targeted = [...state.profiles.values()].filter((profile) => isTargeted(state, profile, device));
  const wanted = new Set(targeted.map(({ id }) => id));
  const strays = Object.keys(device.csp).filter((uniqueId) => {
    const profileId = parseProfileId(uniqueId);
    return profileId !== undefined && !wanted.has(profileId);
  });
  return [
    ...targeted.map((profile) => decideProfile(state, profile, device, now)),
    ...strays.map((uniqueId): Decision => ({ action: 'delete', uniqueId, reason: 'unassigned' })),
  ];
}

function decideProfile(state: SimulatorState, profile: ScepProfile, device: Device, now: Date): Decision {
  if (!hasTrust(state, profile, device)) {
    const reason = 'the trusted certificate of the profile is not assigned to the device';
    return { action: 'fail', profileId: profile.id, reason };
  }
  let deployment: Deployment;
  try {
    deployment = createDeployment(state, profile, device);
  } catch (cause) {
    if (!(cause instanceof DeploymentError)) throw cause;
    return { action: 'fail', profileId: profile.id, reason: cause.message };
  }
  const { uniqueId } = deployment;
  const request = (reason: RequestReason): Decision => ({
    action: 'request',
    profileId: profile.id,
    uniqueId,
    reason,
    deployment,
  });
  const node = device.csp[uniqueId];
  if (!node?.thumbprint) return request(hadAnother(device, profile, uniqueId) ? 'changedHash' : 'missing');
  const certificate = state.certificates.get(node.thumbprint);
  if (!certificate) return { action: 'none', profileId: profile.id, uniqueId, reason: 'unrecorded' };
  if (isDueForRenewal(certificate, profile.renewalThresholdPercent, now)) return request('threshold');
  return { action: 'none', profileId: profile.id, uniqueId, reason: 'healthy' };
}

/** A SCEP profile reaches only those whom its trusted certificate reaches too. */
function hasTrust(
  state: SimulatorState,
  { trustedProfileId, tenantId }: ScepProfile,
  device: Device,
): boolean {
  return trustedProfileId === null || isAssigned(state, { id: trustedProfileId, tenantId }, device);
}

/** A node of the same profile under another hash, and none yet under this one. */
function hadAnother(device: Device, profile: ScepProfile, uniqueId: string): boolean {
  return (
    !(uniqueId in device.csp) && Object.keys(device.csp).some((other) => parseProfileId(other) === profile.id)
  );
}

/** Whether the remaining lifetime is at or below `thresholdPercent` of the whole. */
export function isDueForRenewal(
  { recordedAt, expiresAt }: Pick<IssuedCertificate, 'recordedAt' | 'expiresAt'>,
  thresholdPercent: number,
  now: Date,
): boolean {
  const expiryMs = Date.parse(expiresAt);
  const lifetimeMs = expiryMs - Date.parse(recordedAt);
  return (expiryMs - now.getTime()) * 100 <= lifetimeMs * thresholdPercent;
}
