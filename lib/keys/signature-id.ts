/**
 * @module The name under which a signature is asked for. Key Vault's audit log does not hold what was signed, but it holds
 * the request id that the caller gave (`CorrelationId`): made from the hash of what is signed, it says what that was.
 */

/** @param signedHash SHA-256 of what is signed, hex. @returns its first 128 bits as a GUID, lower case. */
export function signatureIdOf(signedHash: string): string {
  const digits = signedHash.slice(0, 32).toLowerCase();
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
