/** @module Trusted-certificate profiles: the CAs that a device must know before it asks for a certificate. */
import { createHash } from 'node:crypto';
import { equalBytes, toBase64, toHex } from '../../lib/base/bytes.js';
import type { ProfileDraft } from './draft.js';
import type { PlatformName, ScepTrust } from './platforms.js';
import { identify, type CaChain, type ProfileRequest } from './request.js';

interface TrustedCertificate {
  /** Ends the key. */
  readonly name: string;
  /** What the name is once its CA issues: in Intune it stays where it is. */
  readonly place: string;
  readonly title: string;
  readonly der: Uint8Array;
  readonly isRoot: boolean;
  /** Name of the file that it is exported to. */
  readonly file: string;
}

/** From the root down, so that each is trusted when the next one comes; then what the next CA has that this one has not. */
export function listTrusted({ chain, next, wifi }: ProfileRequest): readonly TrustedCertificate[] {
  const present = listChain(chain);
  const coming = (next ? listChain(next) : []).filter(
    ({ place, der }) => !present.some((known) => known.place === place && equalBytes(known.der, der)),
  );
  const { radiusRoot } = wifi ?? {};
  return [
    ...present,
    ...coming.map((certificate) => ({
      ...certificate,
      name: `next-${certificate.place}`,
      file: `skep-${certificate.place}-${shortThumbprint(certificate.der).toLowerCase()}.cer`,
    })),
    ...(radiusRoot ? [create('radius', 'root of the RADIUS server', radiusRoot, true)] : []),
  ];
}

function listChain(chain: CaChain): readonly TrustedCertificate[] {
  const top = chain.length - 1;
  return chain
    .map((der, height) => {
      if (height === top) return create('root', 'root CA', der, true);
      if (height === 0) return create('issuer', 'issuing CA', der, false);
      return create(`intermediate-${height}`, `intermediate CA ${height}`, der, false);
    })
    .reverse();
}

const create = (place: string, title: string, der: Uint8Array, isRoot: boolean): TrustedCertificate => ({
  name: place,
  place,
  title,
  der,
  isRoot,
  file: `skep-${place}.cer`,
});

export const trustedKey = (platform: PlatformName, name: string): string => `${platform}/${name}`;

export const isOfNextCa = ({ key, place }: ProfileDraft): boolean => place !== undefined && key !== place.key;

/** Where the root issues, both are the same certificate. */
export const issuerKey = ({ chain }: ProfileRequest, platform: PlatformName, trust: ScepTrust): string =>
  trustedKey(platform, chain.length === 1 ? 'root' : trust);

/** Begins the SHA-1 thumbprint, by which Intune and Windows name certificates. */
const shortThumbprint = (der: Uint8Array): string =>
  toHex(createHash('sha1').update(der).digest()).slice(0, 8);

export function createTrustedDrafts(request: ProfileRequest, platform: PlatformName): ProfileDraft[] {
  return listTrusted(request).map(({ name, place, title, der, isRoot, file }) => {
    const identity = identify(request, platform, 'trusted', trustedKey(platform, place), title);
    const furtherName = `${identity.displayName} ${shortThumbprint(der)}`;
    return {
      ...identity,
      key: trustedKey(platform, name),
      displayName: name === place ? identity.displayName : furtherName,
      place: { key: identity.key, firstName: identity.displayName, furtherName, certificate: der },
      members: {
        certFileName: file,
        trustedRootCertificate: toBase64(der),
        ...whereItLies(platform, isRoot),
      },
      references: [],
    };
  });
}

function whereItLies(platform: PlatformName, isRoot: boolean): Readonly<Record<string, string>> {
  if (platform === 'windows')
    return { destinationStore: isRoot ? 'computerCertStoreRoot' : 'computerCertStoreIntermediate' };
  // The system keychain is trusted by every user of the Mac.
  return platform === 'macos' ? { deploymentChannel: 'deviceChannel' } : {};
}
