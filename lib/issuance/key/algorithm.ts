/** @module SCEP needs a key that can be encrypted to: RSA, named as plain RSA (RFC 8894 section 2.1.2, RFC 3279). */
import { equalBytes } from '../../base/bytes.js';
import { SkepError } from '../../base/errors.js';
import { bitString, NULL, oid, sequence } from '../../pki/der.js';
import { OID } from '../../pki/oids.js';
import type { PublicKeyInfo } from '../../pki/public-key.js';
import type { RsaPublicKey } from './rsa-key.js';

const RSA = sequence(oid(OID.rsaEncryption), NULL);

/**
 * The SubjectPublicKeyInfo goes into the certificate as it is, so it has to be the one that RFC 3279 section 2.3.1
 * describes to the last octet: parameters NULL and nothing else.
 * @throws {SkepError} `ERR_KEY_ALGORITHM`
 */
export function assertRsa({ algorithm, spki, keyBits, rsa }: PublicKeyInfo): RsaPublicKey {
  if (algorithm !== OID.rsaEncryption || !rsa) {
    throw new SkepError('ERR_KEY_ALGORITHM', { detail: `algorithm ${algorithm}` });
  }
  if (!equalBytes(spki, sequence(RSA, bitString(keyBits)))) {
    throw new SkepError('ERR_KEY_ALGORITHM', { detail: 'parameters of rsaEncryption' });
  }
  return rsa;
}
