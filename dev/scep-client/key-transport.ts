/** @module How the content key travels to the recipient: PKCS#1 v1.5 and OAEP (RFC 3370 section 4.2.1, RFC 3560). */
import { constants, privateDecrypt, publicEncrypt, type KeyObject } from 'node:crypto';
import { RSAESOAEPParams } from 'pkijs';
import { digestByOid, DIGESTS, type DigestName } from './algorithms.js';
import { algorithm, context, NULL, sequence } from './ber-writer.js';
import { ScepClientError } from './errors.js';
import { OID } from './oids.js';
import type { AlgorithmIdentifier } from './signatures.js';

const oaepParameters = (digest: DigestName): Uint8Array => {
  const hashId = algorithm(DIGESTS[digest].oid, NULL);
  return sequence(context(0, hashId), context(1, algorithm(OID.mgf1, hashId)));
};

/** `oaep-sha1` comes in the three spellings that RFC 4055 section 4.1 allows for the default parameters. */
const KEY_TRANSPORTS = {
  pkcs1: { digest: undefined, identifier: () => algorithm(OID.rsaEncryption, NULL) },
  'oaep-sha1': { digest: 'sha1', identifier: () => algorithm(OID.rsaesOaep, sequence()) },
  'oaep-sha1-absent': { digest: 'sha1', identifier: () => algorithm(OID.rsaesOaep) },
  'oaep-sha1-explicit': {
    digest: 'sha1',
    identifier: () => algorithm(OID.rsaesOaep, oaepParameters('sha1')),
  },
  'oaep-sha256': { digest: 'sha256', identifier: () => algorithm(OID.rsaesOaep, oaepParameters('sha256')) },
} as const satisfies Record<string, { digest: DigestName | undefined; identifier: () => Uint8Array }>;

export type KeyTransportName = keyof typeof KEY_TRANSPORTS;

export const KEY_TRANSPORT_NAMES = Object.keys(KEY_TRANSPORTS) as KeyTransportName[];

export interface WrappedKey {
  /** AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  readonly encryptedKey: Uint8Array;
}

/** Encrypts a content key. */
export function wrapKey(publicKey: KeyObject, contentKey: Uint8Array, name: KeyTransportName): WrappedKey {
  const { digest, identifier } = KEY_TRANSPORTS[name];
  const encryptedKey = publicEncrypt(
    digest
      ? { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: digest }
      : { key: publicKey, padding: constants.RSA_PKCS1_PADDING },
    contentKey,
  );
  return { algorithm: identifier(), encryptedKey: new Uint8Array(encryptedKey) };
}

/** The name of the transport that an AlgorithmIdentifier stands for. @throws {ScepClientError} `ERR_CLIENT_ALGORITHM` */
export function readKeyTransport(identifier: AlgorithmIdentifier): 'pkcs1' | DigestName {
  if (identifier.algorithmId === OID.rsaEncryption) return 'pkcs1';
  if (identifier.algorithmId !== OID.rsaesOaep) {
    throw new ScepClientError('ERR_CLIENT_ALGORITHM', `key transport ${identifier.algorithmId}`);
  }
  const hasParameters =
    identifier.algorithmParams instanceof Object && 'valueBlock' in identifier.algorithmParams;
  if (!hasParameters) return 'sha1';
  const parameters = new RSAESOAEPParams({ schema: identifier.algorithmParams });
  const digest = digestByOid(parameters.hashAlgorithm.algorithmId);
  if (!digest) throw new ScepClientError('ERR_CLIENT_ALGORITHM', 'digest of OAEP');
  return digest;
}

/**
 * Decrypts a content key. Being a client's own key, a padding fault may be told.
 * @throws {ScepClientError} `ERR_CLIENT_UNDECRYPTABLE`
 */
export function unwrapKey(
  key: KeyObject,
  encryptedKey: Uint8Array,
  transport: 'pkcs1' | DigestName,
): Uint8Array {
  try {
    if (transport !== 'pkcs1') {
      const oaep = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: transport };
      return new Uint8Array(privateDecrypt(oaep, encryptedKey));
    }
    // Node 20 refuses to take PKCS#1 v1.5 padding off by itself.
    return unpad(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, encryptedKey));
  } catch (cause) {
    throw new ScepClientError('ERR_CLIENT_UNDECRYPTABLE', 'content key', { cause });
  }
}

/** EME-PKCS1-v1_5 decoding (RFC 8017 section 7.2.2). */
function unpad(block: Uint8Array): Uint8Array {
  const end = block.indexOf(0, 2);
  if (block[0] !== 0 || block[1] !== 2 || end < 10) {
    throw new ScepClientError('ERR_CLIENT_UNDECRYPTABLE', 'padding of the content key');
  }
  return new Uint8Array(block.subarray(end + 1));
}
