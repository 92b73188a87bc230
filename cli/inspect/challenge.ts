/** @module The challenge of a request: its length, and what an Intune challenge says on its outside. */
import { finding, type Finding } from './finding.js';

/** Base64 of `<CertEnrollToken`. */
const TOKEN_PREFIX = 'PENlcnRFbnJvbGxUb2tlbj';

/**
 * Describes a challenge without showing it.
 * @param show prints the text itself, which is a secret for an hour.
 */
export function describeChallenge(challenge: string, show: boolean): Finding {
  const token = readToken(challenge);
  return finding('challenge', token ? 'Challenge from Intune' : 'Challenge', [
    ['length', `${challenge.length} characters${show ? '' : ', hidden (--show-challenge shows it)'}`],
    ['DeviceId', token?.deviceId],
    ['CertificateRequestId', token?.certificateRequestId],
    ['Timestamp', token?.timestamp],
    ['text', show ? challenge : undefined],
  ]);
}

interface ChallengeToken {
  readonly deviceId: string | undefined;
  readonly certificateRequestId: string | undefined;
  readonly timestamp: string | undefined;
}

/** The outer fields of a CertEnrollToken, in base64 or as XML; `undefined` for any other text. */
export function readToken(challenge: string): ChallengeToken | undefined {
  const trimmed = challenge.trim();
  const xml = trimmed.startsWith(TOKEN_PREFIX) ? Buffer.from(trimmed, 'base64').toString('utf8') : trimmed;
  if (!/^\s*(<\?xml[^>]*>\s*)?<CertEnrollToken[\s>]/.test(xml)) return undefined;
  const element = (name: string) => new RegExp(`<${name}>([^<]{1,300})</${name}>`).exec(xml)?.[1]?.trim();
  return {
    deviceId: element('DeviceId'),
    certificateRequestId: element('CertificateRequestId'),
    timestamp: element('Timestamp'),
  };
}
