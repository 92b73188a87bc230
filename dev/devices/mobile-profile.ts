/** @module What Intune sends to a phone or a Mac in place of OMA DM nodes: one SCEP payload. */
import { formatSubject } from '../intune/challenge/subject.js';
import type { MintedChallenge } from '../intune/challenge/mint.js';
import type { AlternativeNameType, ScepProfile } from '../intune/model.js';
import type { GeneralName, RequestedValidity } from '../scep-client/index.js';

export interface MobileProfile {
  readonly url: string;
  /** A secret for an hour. Empty: the request carries none. */
  readonly challenge: string;
  /** RFC 4514 text, in the order of the profile. */
  readonly subject: string;
  readonly subjectAltNames: readonly GeneralName[];
  /** Bit mask: 0x80 digitalSignature, 0x20 keyEncipherment. */
  readonly keyUsage: number;
  readonly extendedKeyUsage: readonly string[];
  readonly keyLength: number;
  readonly validity: RequestedValidity;
}

const NAME_TYPES = {
  rfc822: 'email',
  dns: 'dns',
  uri: 'uri',
  ip: 'ip',
  upn: 'upn',
} as const satisfies Record<AlternativeNameType, GeneralName['type']>;

/** The payload for one device, from the profile and the challenge that was minted for it. */
export function createMobileProfile(
  { serverUrls }: Pick<ScepProfile, 'serverUrls'>,
  { request: { expectation }, challenge }: MintedChallenge,
): MobileProfile {
  const { alternativeNames, validity, keyUsage, extendedKeyUsages, keyLength, subject } = expectation;
  return {
    url: serverUrls[0] ?? '',
    challenge,
    subject: formatSubject(subject),
    subjectAltNames: alternativeNames.map(({ type, value }) => ({ type: NAME_TYPES[type], value })),
    keyUsage,
    extendedKeyUsage: extendedKeyUsages,
    keyLength,
    validity: { period: validity.unit, units: validity.count },
  };
}
