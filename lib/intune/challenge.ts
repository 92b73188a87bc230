/**
 * @module What Intune's challenge, the CertEnrollToken, says in clear: XML in base64. Only Intune can tell whether it is
 * true. The text is searched, not parsed as XML: there is no entity to expand.
 */
import { fromBase64, toBase64, view } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';

const MAX_CHALLENGE_LENGTH = 32 * 1024;
const DEVICE_ID = /<DeviceId>\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s*<\/DeviceId>/i;

/**
 * Intune's device id, lower case, if the challenge is a CertEnrollToken with one. Use it after Intune's yes only, and as
 * a label: whether Intune's signature covers this element is not known.
 */
export function readDeviceId(challenge: string): string | undefined {
  if (challenge.length > MAX_CHALLENGE_LENGTH) return undefined;
  return DEVICE_ID.exec(decode(challenge))?.[1]?.toLowerCase();
}

/** Encrypted by Intune, and what its signature is over. */
const SEALED = 'CertEnrollChallenge';
const SEALED_ELEMENT = new RegExp(
  String.raw`<(?:\w+:)?${SEALED}(?:\s[^<>]*)?>([\sA-Za-z0-9+/=]*)</(?:\w+:)?${SEALED}\s*>`,
);

/**
 * How an element could be hidden from a search, or one be shown that is none: declarations, whose entities can hold names
 * (XML 1.0 section 4.5), comments and CDATA sections; and an encoding other than ASCII or UTF-8, which is declared with
 * the first tag or not at all. Strangers choose the text: one begin, so that the search takes one pass.
 */
const DECLARED = '<!';
const ENCODED_OTHERWISE = /^[^<]*<\?xml[^>]*encoding\s*=\s*["'](?!utf-8["']|us-ascii["'])/i;

/**
 * What of a challenge nobody can write differently without Intune's noticing: the octets under its signature. Blanks in
 * XML and base64, and what stands around those octets, are anybody's to change; whoever could thereby make one challenge
 * look like two would get two certificates for it.
 * @returns the octets as base64, of one form; undefined for what is no CertEnrollToken.
 * @throws {SkepError} `ERR_CHALLENGE_ALTERED` when a CertEnrollToken can be read in more ways than one.
 */
export function readSealedPart(challenge: string): string | undefined {
  const xml = decode(challenge);
  // UTF-16 and UTF-32 without what they add.
  const text = xml.replaceAll('\0', '');
  if (text.includes(DECLARED) || ENCODED_OTHERWISE.test(text)) {
    throw new SkepError('ERR_CHALLENGE_ALTERED', { detail: 'not plain XML' });
  }
  const names = text.split(SEALED).length - 1;
  // An element has two; what was cut off in it is for Intune to refuse.
  if (names < 2) return undefined;
  const base64 = SEALED_ELEMENT.exec(xml)?.[1];
  if (names !== 2 || base64 === undefined) {
    throw new SkepError('ERR_CHALLENGE_ALTERED', { detail: `${names} times ${SEALED}` });
  }
  return toBase64(fromBase64(base64));
}

/** Skips what is not base64, as does every decoder that skips something: all that Intune can read is in it. */
function decode(challenge: string): string {
  return view(fromBase64(challenge)).toString('latin1');
}
