/** @module RSA signatures of requests, certificates and pkiMessages: PKCS#1 v1.5 and PSS, node:crypto underneath. */
import { constants, sign, verify, type KeyObject } from 'node:crypto';
import { RSASSAPSSParams } from 'pkijs';
import { algorithm, context, integer, NULL, sequence } from './ber-writer.js';
import { digestByOid, digestBySignatureOid, DIGESTS, type DigestName } from './algorithms.js';
import { oidOf, sequenceOf, type Block } from './ber-reader.js';
import { ScepClientError } from './errors.js';
import { OID } from './oids.js';

/** An algorithm and its parameters (RFC 5280 section 4.1.1.2). */
export interface AlgorithmIdentifier {
  readonly algorithmId: string;
  /** As asn1js read them. */
  readonly algorithmParams?: unknown;
}

/** @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function readAlgorithmIdentifier(block: Block | undefined): AlgorithmIdentifier {
  const [algorithmId, algorithmParams] = sequenceOf(block);
  return { algorithmId: oidOf(algorithmId), algorithmParams };
}

export interface SignatureScheme {
  readonly digest: DigestName;
  readonly padding: 'pkcs1' | 'pss' | 'ecdsa';
  /** Octets; for PSS. Default: as long as the digest. */
  readonly saltLength?: number;
}

const ECDSA_DIGESTS: Readonly<Record<string, DigestName>> = {
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};

/** The AlgorithmIdentifier of a signature that names its digest (RFC 4055 sections 3.1 and 5). */
export function encodeSignatureAlgorithm({ digest, padding, saltLength }: SignatureScheme): Uint8Array {
  if (padding !== 'pss') return algorithm(DIGESTS[digest].signatureOid, NULL);
  const hashId = algorithm(DIGESTS[digest].oid, NULL);
  return algorithm(
    OID.rsassaPss,
    sequence(
      context(0, hashId),
      context(1, algorithm(OID.mgf1, hashId)),
      context(2, integer(saltLength ?? DIGESTS[digest].bytes)),
    ),
  );
}

/**
 * Reads an AlgorithmIdentifier.
 * @param digest used where the identifier names only the key's algorithm, as CMS allows (RFC 3370 section 3.2).
 * @throws {ScepClientError} `ERR_CLIENT_ALGORITHM`
 */
export function readSignatureAlgorithm(
  identifier: AlgorithmIdentifier,
  digest?: DigestName,
): SignatureScheme {
  const dotted = identifier.algorithmId;
  const ecdsa = ECDSA_DIGESTS[dotted];
  if (ecdsa) return { digest: ecdsa, padding: 'ecdsa' };
  if (dotted === OID.rsassaPss) {
    const parameters = new RSASSAPSSParams({ schema: identifier.algorithmParams });
    const name = digestByOid(parameters.hashAlgorithm.algorithmId);
    if (!name) throw new ScepClientError('ERR_CLIENT_ALGORITHM', 'digest of PSS');
    return { digest: name, padding: 'pss', saltLength: parameters.saltLength };
  }
  const name = dotted === OID.rsaEncryption ? digest : digestBySignatureOid(dotted);
  if (!name) throw new ScepClientError('ERR_CLIENT_ALGORITHM', `signature ${dotted}`);
  return { digest: name, padding: 'pkcs1' };
}

const keyInput = (key: KeyObject, { digest, padding, saltLength }: SignatureScheme) =>
  padding === 'pss'
    ? {
        key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: saltLength ?? DIGESTS[digest].bytes,
      }
    : key;

export function signBytes(key: KeyObject, scheme: SignatureScheme, data: Uint8Array): Uint8Array {
  return new Uint8Array(sign(scheme.digest, data, keyInput(key, scheme)));
}

/** Whether the signature verifies. Never throws: a key that cannot verify does not. */
export function verifyBytes(
  key: KeyObject,
  scheme: SignatureScheme,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    return verify(scheme.digest, data, keyInput(key, scheme), signature);
  } catch {
    return false;
  }
}
