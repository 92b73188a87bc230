/** @module Port: something that opens the content-encryption key of an envelope (RFC 5652 section 6.2.1). */

export type KeyTransport = 'pkcs1' | 'oaep-sha1' | 'oaep-sha256';

export interface Decrypter {
  /**
   * Opens an encrypted content-encryption key.
   *
   * A wrong padding or a wrong length is no error here: the answer is then a key that nobody knows, of the
   * expected length, the same for the same input (implicit rejection). Whoever sends damaged envelopes learns nothing.
   * @param encryptedKey as long as the modulus; anything else is rejected implicitly too.
   * @param length octets of the content-encryption key that the content cipher wants.
   * @throws {SkepError} `ERR_SIGNER_UNAVAILABLE` or `ERR_SIGNER_THROTTLED` when the key cannot be reached.
   */
  unwrap(encryptedKey: Uint8Array, transport: KeyTransport, length: number): Promise<Uint8Array>;
}
