/** @module What GetCACaps says (RFC 8894 section 3.5.2). */

/**
 * One keyword a line. Each has a client behind it: strongSwan 5.9.8 takes AES only beside the unregistered SHA-384,
 * macOS wants DES3 and Renewal, everybody wants POSTPKIOperation since an Intune challenge makes requests large.
 */
const CAPABILITIES = [
  'AES',
  'DES3',
  'POSTPKIOperation',
  'Renewal',
  'SHA-1',
  'SHA-256',
  'SHA-384',
  'SHA-512',
  'SCEPStandard',
] as const;

/** @param hasNextCa whether GetNextCACert has something to hand out. */
export function encodeCapabilities(hasNextCa: boolean): string {
  return [...CAPABILITIES, ...(hasNextCa ? ['GetNextCACert'] : [])].join('\n') + '\n';
}
