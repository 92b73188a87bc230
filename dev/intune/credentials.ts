/** @module Key pairs with self-signed certificates: the service's own, made at start and never written down. */
import { createHash, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { toHex } from '../../lib/base/bytes.js';

export interface Credential {
  readonly certificate: pkijs.Certificate;
  /** Upper-case hex SHA-1 of the certificate. */
  readonly thumbprint: string;
  /** For RSASSA-PKCS1-v1_5 with SHA-256. */
  readonly signingKey: CryptoKey;
  /** The same key for RSA-OAEP with SHA-256; imported once, since each import costs more than a decryption. */
  readonly decryptionKey: CryptoKey;
}

const COMMON_NAME_OID = '2.5.4.3';
const ENCRYPTION = { name: 'RSA-OAEP', hash: 'SHA-256' } as const;
const SIGNATURE = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
const generate = promisify(generateKeyPair);

/** Makes an RSA-2048 pair and a certificate that is valid from 2000 to 2100, so that no moved clock leaves it. */
export async function createCredential(commonName: string): Promise<Credential> {
  const pair = await generate('rsa', { modulusLength: 2048 });
  const pkcs8 = toArrayBuffer(pair.privateKey.export({ type: 'pkcs8', format: 'der' }));
  const spki = pair.publicKey.export({ type: 'spki', format: 'der' });
  const signingKey = await crypto.subtle.importKey('pkcs8', pkcs8, SIGNATURE, false, ['sign']);
  const decryptionKey = await crypto.subtle.importKey('pkcs8', pkcs8, ENCRYPTION, true, ['decrypt']);
  const publicKey = await crypto.subtle.importKey('spki', spki, SIGNATURE, true, ['verify']);

  const certificate = new pkijs.Certificate({
    version: 2,
    serialNumber: new asn1js.Integer({ valueHex: toArrayBuffer(positive(randomBytes(16))) }),
  });
  for (const name of [certificate.issuer, certificate.subject]) {
    name.typesAndValues.push(
      new pkijs.AttributeTypeAndValue({
        type: COMMON_NAME_OID,
        value: new asn1js.Utf8String({ value: commonName }),
      }),
    );
  }
  certificate.notBefore.value = new Date('2000-01-01T00:00:00Z');
  certificate.notAfter = new pkijs.Time({
    type: pkijs.TimeType.GeneralizedTime,
    value: new Date('2100-01-01T00:00:00Z'),
  });
  await certificate.subjectPublicKeyInfo.importKey(publicKey);
  await certificate.sign(signingKey, 'SHA-256');
  const der = new Uint8Array(certificate.toSchema(true).toBER());
  return {
    certificate: pkijs.Certificate.fromBER(der),
    thumbprint: toHex(createHash('sha1').update(der).digest()),
    signingKey,
    decryptionKey,
  };
}

/** Clears the sign bit and sets the next one: a positive INTEGER of full length. */
function positive(bytes: Uint8Array): Uint8Array {
  const own = Uint8Array.from(bytes);
  own[0] = ((own[0] ?? 0) & 0x7f) | 0x40;
  return own;
}

/** A copy that owns its whole memory, as WebCrypto and pkijs like it. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
