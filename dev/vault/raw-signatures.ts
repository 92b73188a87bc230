/**
 * @module Signatures over a digest that was made elsewhere, as a vault makes them. node:crypto signs messages only, so
 * the paddings are put together here (RFC 8017 section 9) and ECDSA from its parts (FIPS 186-5 section 6.4).
 */
import { constants, createECDH, createHash, privateDecrypt, randomBytes, type KeyObject } from 'node:crypto';
import { HASHES } from '../../lib/pki/algorithms.js';
import { NULL, octetString, oid, sequence } from '../../lib/pki/der.js';

type DigestHash = 'sha256' | 'sha384' | 'sha512';

/** RSASSA-PKCS1-v1_5. */
export function signPkcs1(key: KeyObject, hash: DigestHash, digest: Uint8Array): Uint8Array {
  const size = modulusOctets(key);
  const info = sequence(sequence(oid(HASHES[hash].oid), NULL), octetString(digest));
  const padding = Buffer.alloc(size - info.length - 3, 0xff);
  return raw(key, Buffer.concat([Uint8Array.of(0, 1), padding, Uint8Array.of(0), info]));
}

/** RSASSA-PSS with MGF1 over the same hash and a salt of its length. The modulus must be whole octets long. */
export function signPss(key: KeyObject, hash: DigestHash, digest: Uint8Array): Uint8Array {
  const { length } = HASHES[hash];
  const size = modulusOctets(key);
  const salt = randomBytes(length);
  const inner = createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
  const block = Buffer.concat([Buffer.alloc(size - 2 * length - 2), Uint8Array.of(1), salt]);
  const mask = maskOf(hash, inner, block.length);
  const masked = block.map((octet, i) => octet ^ (mask[i] ?? 0));
  masked[0] = (masked[0] ?? 0) & 0x7f;
  return raw(key, Buffer.concat([masked, inner, Uint8Array.of(0xbc)]));
}

function maskOf(hash: DigestHash, seed: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0; counter * HASHES[hash].length < length; counter++) {
    const suffix = Buffer.alloc(4);
    suffix.writeUInt32BE(counter);
    blocks.push(createHash(hash).update(seed).update(suffix).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** The bare private-key operation; decrypting and signing are the same one. */
const raw = (key: KeyObject, block: Uint8Array): Uint8Array =>
  privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, block);

const modulusOctets = (key: KeyObject): number => (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;

const CURVES = {
  prime256v1: { order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n, octets: 32 },
  secp384r1: {
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    octets: 48,
  },
} as const;

/** ECDSA; r and s side by side. The point k·G comes from an ephemeral ECDH key. */
export function signEcdsa(key: KeyObject, digest: Uint8Array): Uint8Array {
  const curve = key.asymmetricKeyDetails?.namedCurve as keyof typeof CURVES;
  const { order, octets } = CURVES[curve];
  const d = toNumber(Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url'));
  const ephemeral = createECDH(curve);
  const point = ephemeral.generateKeys();
  const k = toNumber(ephemeral.getPrivateKey());
  const r = toNumber(point.subarray(1, 1 + octets)) % order;
  const s = (invert(k, order) * (toNumber(digest) + r * d)) % order;
  return Buffer.from(
    r.toString(16).padStart(2 * octets, '0') + s.toString(16).padStart(2 * octets, '0'),
    'hex',
  );
}

const toNumber = (octets: Uint8Array): bigint => BigInt(`0x${Buffer.from(octets).toString('hex')}`);

/** The inverse modulo a prime, by the extended Euclidean algorithm. */
function invert(value: bigint, prime: bigint): bigint {
  let [a, b, x, y] = [prime, value, 0n, 1n];
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % prime) + prime) % prime;
}
