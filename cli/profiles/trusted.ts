/** @module Trusted-certificate profiles: the CAs that a device must know before it asks for a certificate. */
import { toBase64 } from '../../lib/base/bytes.js';
import type { ProfileDraft } from './draft.js';
import type { PlatformName, ScepTrust } from './platforms.js';
import { identify, type ProfileRequest } from './request.js';

interface TrustedCertificate {
  /** Ends the key. */
  readonly name: string;
  readonly title: string;
  readonly der: Uint8Array;
  readonly isRoot: boolean;
}

/** From the root down, so that each is trusted when the next one comes. */
export function listTrusted({ chain, wifi }: ProfileRequest): readonly TrustedCertificate[] {
  const top = chain.length - 1;
  const ours = chain
    .map((der, height): TrustedCertificate => {
      if (height === top) return { name: 'root', title: 'root CA', der, isRoot: true };
      if (height === 0) return { name: 'issuer', title: 'issuing CA', der, isRoot: false };
      return { name: `intermediate-${height}`, title: `intermediate CA ${height}`, der, isRoot: false };
    })
    .reverse();
  const { radiusRoot } = wifi ?? {};
  return radiusRoot
    ? [...ours, { name: 'radius', title: 'root of the RADIUS server', der: radiusRoot, isRoot: true }]
    : ours;
}

export const trustedKey = (platform: PlatformName, name: string): string => `${platform}/${name}`;

/** Where the root issues, both are the same certificate. */
export const issuerKey = ({ chain }: ProfileRequest, platform: PlatformName, trust: ScepTrust): string =>
  trustedKey(platform, chain.length === 1 ? 'root' : trust);

export function createTrustedDrafts(request: ProfileRequest, platform: PlatformName): ProfileDraft[] {
  return listTrusted(request).map(({ name, title, der, isRoot }) => ({
    ...identify(request, platform, 'trusted', trustedKey(platform, name), title),
    members: {
      certFileName: `skep-${name}.cer`,
      trustedRootCertificate: toBase64(der),
      ...whereItLies(platform, isRoot),
    },
    references: [],
  }));
}

function whereItLies(platform: PlatformName, isRoot: boolean): Readonly<Record<string, string>> {
  if (platform === 'windows')
    return { destinationStore: isRoot ? 'computerCertStoreRoot' : 'computerCertStoreIntermediate' };
  // The system keychain is trusted by every user of the Mac.
  return platform === 'macos' ? { deploymentChannel: 'deviceChannel' } : {};
}
