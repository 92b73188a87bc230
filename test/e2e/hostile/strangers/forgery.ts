/** @module Certification requests of openssl, changed and signed again: what no honest program writes. */
import { createHash, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { bitString, children, context, readWhole, sequence, type Element } from '../../../../lib/pki/der.js';
import { rsaPublicKey, SHA256_WITH_RSA } from '../../../support/request-builder.js';
import { DEVICE_KEY } from '../../../support/scep-bench.js';

export const generateRsa = (bits: number, exponent = 65_537): KeyObject =>
  generateKeyPairSync('rsa', { modulusLength: bits, publicExponent: exponent }).privateKey;

/** The four fields of CertificationRequestInfo. */
const fieldsOf = (info: Uint8Array): readonly Element[] => children(readWhole(info));
const infoOf = (csr: Uint8Array): Uint8Array => children(readWhole(csr))[0]?.bytes ?? csr;
const encodingsOf = (elements: readonly Element[]): Uint8Array[] => elements.map(({ bytes }) => bytes);

const assemble = (info: Uint8Array, signature: Uint8Array): Uint8Array =>
  sequence(info, SHA256_WITH_RSA.identifier, bitString(signature));

/** @param change gets CertificationRequestInfo. */
export function signAnew(csr: Uint8Array, change: (info: Uint8Array) => Uint8Array): Uint8Array {
  const info = change(infoOf(csr));
  return assemble(info, sign('sha256', info, DEVICE_KEY));
}

const replaceKey = (info: Uint8Array, publicKey: Uint8Array): Uint8Array =>
  sequence(...encodingsOf(fieldsOf(info)).with(2, publicKey));

/** For another key, and signed with the device's all the same. */
export const withPublicKey = (csr: Uint8Array, publicKey: Uint8Array): Uint8Array =>
  signAnew(csr, (info) => replaceKey(info, publicKey));

/** With an exponent of 1 a signature is what it signs: anybody can make it. */
export function forgeWithExponentOne(csr: Uint8Array): Uint8Array {
  const { n = '' } = createPublicKey(DEVICE_KEY).export({ format: 'jwk' });
  const modulus = Buffer.from(n, 'base64url');
  const info = replaceKey(infoOf(csr), rsaPublicKey(BigInt(`0x${modulus.toString('hex')}`), 1n));
  // EMSA-PKCS1-v1_5 (RFC 8017 section 9.2).
  const digest = createHash('sha256').update(info).digest();
  const digestInfo = Buffer.concat([Buffer.from('3031300d060960864801650304020105000420', 'hex'), digest]);
  const padding = Buffer.alloc(modulus.length - digestInfo.length - 3, 0xff);
  return assemble(info, Buffer.concat([Buffer.of(0, 1), padding, Buffer.of(0), digestInfo]));
}

/** The last attribute stands there twice. */
export function repeatLastAttribute(info: Uint8Array): Uint8Array {
  const fields = fieldsOf(info);
  const attributes = fields.at(-1);
  if (!attributes) throw new Error('no attributes');
  const each = encodingsOf(children(attributes));
  return sequence(...encodingsOf(fields.slice(0, -1)), context(0, ...each, ...each.slice(-1)));
}
