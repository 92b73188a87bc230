/** @module What Intune's challenge says in clear. Only Intune can tell whether it is true. */
import { fromBase64, view } from '../base/bytes.js';

const MAX_CHALLENGE_LENGTH = 32 * 1024;
const DEVICE_ID = /<DeviceId>\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s*<\/DeviceId>/i;

/**
 * Intune's device id, lower case, if the challenge is Intune's XML in base64. The text is searched, not parsed as
 * XML: there is no entity to expand. Use it after Intune's yes only, and as a label: whether Intune's signature
 * covers this element is not known.
 */
export function readDeviceId(challenge: string): string | undefined {
  if (challenge.length > MAX_CHALLENGE_LENGTH) return undefined;
  return DEVICE_ID.exec(view(fromBase64(challenge)).toString('latin1'))?.[1]?.toLowerCase();
}
