/** @module Making a challenge: what Intune does when it deploys a SCEP profile to a device. */
import { createHash } from 'node:crypto';
import { toBase64, toHex } from '../../../lib/base/bytes.js';
import { MINUTE_MS, type Clock } from '../../../lib/base/clock.js';
import { systemRandom } from '../../../lib/base/random.js';
import type { CertificateRequest, Device, Expectation, ScepProfile, Tenant, User } from '../model.js';
import { decodeBase64 } from '../base64.js';
import type { SimulatorState } from '../state.js';
import { sealEnvelope, signDetached } from './cms.js';
import { createExpectation, hashExpectation } from './expectation.js';
import { encodeInner, type InnerDocument } from './inner.js';
import { MUTATIONS, type Mutation, type MutationName } from './mutations.js';
import { formatOuter, formatTimestamp, parseOuter, type OuterToken } from './outer.js';
import { formatRequestId, formatUniqueId } from './request-id.js';
import { DeploymentError } from './variables.js';

export interface MintedChallenge {
  /** Base64 text for the challengePassword attribute: a secret for an hour. */
  readonly challenge: string;
  readonly request: CertificateRequest;
}

export interface Deployment {
  readonly tenant: Tenant;
  readonly device: Device;
  readonly user: User | undefined;
  readonly profile: ScepProfile;
  readonly expectation: Expectation;
  readonly hash: number;
  readonly requestId: string;
  readonly uniqueId: string;
}

/**
 * Resolves a profile for a device.
 * @throws {DeploymentError} when one of them is unknown or the profile cannot be resolved.
 */
export function createDeployment(state: SimulatorState, profile: ScepProfile, device: Device): Deployment {
  const tenant = state.tenants.get(device.tenantId);
  if (!tenant) throw new DeploymentError(`device ${device.id} belongs to no tenant`);
  const user = device.userId === null ? undefined : state.users.get(device.userId);
  const expectation = createExpectation(profile, { tenant, device, user });
  const hash = hashExpectation(expectation);
  const name = { accountId: tenant.accountId, profileId: profile.id, version: profile.version, hash };
  return {
    tenant,
    device,
    user,
    profile,
    expectation,
    hash,
    requestId: formatRequestId(name),
    uniqueId: formatUniqueId(name),
  };
}

/**
 * Makes a challenge and remembers the request that it allows, by digest.
 * @param mutation spoils it on the way; the request is remembered all the same.
 */
export async function mintChallenge(
  state: SimulatorState,
  clock: Clock,
  deployment: Deployment,
  mutation?: MutationName,
): Promise<MintedChallenge> {
  const { tenant, device, profile, expectation } = deployment;
  const spoil: Mutation = mutation ? MUTATIONS[mutation] : { meaning: 'Success' };
  const created = new Date(clock.now().getTime() + (spoil.shiftMs ?? 0));
  const honest: InnerDocument = {
    password: toBase64(systemRandom(24)),
    tenantId: tenant.id,
    deviceId: device.id,
    userId: profile.type === 'user' ? device.userId : null,
    profileId: profile.id,
    requestId: deployment.requestId,
    created: formatTimestamp(created),
    intervalMinutes: tenant.challengeIntervalMinutes,
    expectation,
  };
  const challenge = await wrapInner(state, tenant, honest, spoil);
  const request: CertificateRequest = {
    requestId: deployment.requestId,
    uniqueId: deployment.uniqueId,
    tenantId: tenant.id,
    deviceId: device.id,
    userId: honest.userId,
    profileId: profile.id,
    version: profile.version,
    hash: deployment.hash,
    challengeDigest: digestChallenge(challenge),
    expectation,
    createdAt: created.toISOString(),
    expiresAt: new Date(created.getTime() + tenant.challengeIntervalMinutes * MINUTE_MS).toISOString(),
    state: 'issued',
  };
  state.requests.set(request.challengeDigest, request);
  return { challenge, request };
}

async function wrapInner(
  state: SimulatorState,
  tenant: Tenant,
  honest: InnerDocument,
  spoil: Mutation,
): Promise<string> {
  const inner = spoil.inner?.(honest) ?? honest;
  const encoded = encodeInner(inner);
  const plaintext = spoil.plaintext?.(encoded) ?? encoded;
  const sealed = await sealEnvelope(plaintext, spoil.recipient ? state.stranger : tenant.keys.encryption);
  const signature = await signDetached(sealed, spoil.signer ? state.stranger : tenant.keys.signing);
  const token: OuterToken = {
    certEnrollChallenge: toBase64(spoil.sealed?.(sealed) ?? sealed),
    signerThumbprint: (spoil.claimedSigner ? state.stranger : tenant.keys.signing).thumbprint,
    signature: toHex(signature),
    deviceId: inner.deviceId,
    certificateRequestId: inner.requestId,
    timestamp: inner.created,
  };
  const xml = formatOuter(spoil.outer?.(token) ?? token);
  const text = toBase64(Buffer.from(spoil.xml?.(xml) ?? xml));
  return spoil.text?.(text) ?? text;
}

/**
 * The only form in which a challenge is kept: upper-case hex SHA-256 of what is sealed in it, however it is written, or
 * of its text where that cannot be read.
 */
export function digestChallenge(challenge: string): string {
  const xml = decodeBase64(challenge);
  const sealed = xml && parseOuter(Buffer.from(xml).toString('utf8'))?.certEnrollChallenge;
  const octets = sealed === undefined ? undefined : decodeBase64(sealed);
  return toHex(
    createHash('sha256')
      .update(octets ?? challenge)
      .digest(),
  );
}
