/**
 * @module Certification authorities for tests: RSA-2048 or EC P-256, with an RSA registration authority (or in CA
 * mode), all keys in memory. Made once a process and kind; certificates are valid from 2020 to 2049, so that both
 * a test's own clock and a second reader's real one fall inside.
 */
import {
  constants,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { toHex } from '../../lib/base/bytes.js';
import type { Authority, AuthoritySource } from '../../lib/keys/authority.js';
import type { Decrypter } from '../../lib/keys/decrypter.js';
import type { SignatureAlgorithm, Signer } from '../../lib/keys/signer.js';
import { SIGNATURES } from '../../lib/pki/algorithms.js';
import { parseCertificate } from '../../lib/pki/certificate.js';
import { readWhole } from '../../lib/pki/der.js';
import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  keyIdentifier,
  keyUsage,
  subjectKeyIdentifier,
} from '../../lib/pki/extensions.js';
import { encodeName } from '../../lib/pki/name.js';
import { OID } from '../../lib/pki/oids.js';
import { readPublicKeyInfo } from '../../lib/pki/public-key.js';
import { encodeSigned, encodeTbsCertificate } from '../../lib/pki/tbs-certificate.js';

export const VALID_FROM: Date = new Date('2020-01-01T00:00:00Z');
export const VALID_UNTIL: Date = new Date('2049-01-01T00:00:00Z');

export interface TestAuthority {
  readonly authority: Authority;
  readonly source: AuthoritySource;
  /** SHA-256 of the CA's SubjectPublicKeyInfo, upper-case hex, as records name their issuer. */
  readonly issuerId: string;
  readonly caKey: KeyObject;
  readonly caPem: string;
}

export interface LeafFields {
  /** RFC 4514 text; default `CN=device`. */
  readonly subject?: string;
  /** SubjectPublicKeyInfo, DER; default a fresh P-256 key's. */
  readonly publicKey?: Uint8Array;
  /** Upper-case hex; default 16 random octets. */
  readonly serialNumber?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Extension encodings beside the key identifiers; default none. */
  readonly extensions?: readonly Uint8Array[];
}

const made = new Map<string, Promise<TestAuthority>>();

/** The CA of this kind that this process shares. Treat it as read-only; `createTestAuthority` makes one of your own. */
export function testAuthority(
  kind: 'rsa' | 'ec' = 'rsa',
  mode: Authority['mode'] = 'ra',
): Promise<TestAuthority> {
  const name = `${kind}-${mode}`;
  const known = made.get(name) ?? createTestAuthority(kind, mode);
  made.set(name, known);
  return known;
}

/** @param subject RFC 4514 text of the CA's name. */
export async function createTestAuthority(
  kind: 'rsa' | 'ec' = 'rsa',
  mode: Authority['mode'] = 'ra',
  subject = `CN=Skep Test ${kind.toUpperCase()} CA,O=Skep`,
): Promise<TestAuthority> {
  const caKey = generatePrivateKey(kind);
  const signer = createTestSigner(caKey);
  const name = encodeName(subject);
  const own = keyIdentifier(keyBits(signer.publicKey));
  const algorithm = signer.algorithms[0];
  const certificate = await signCertificate(signer, algorithm, {
    serialNumber: randomSerial(),
    issuer: name,
    subject: name,
    publicKey: signer.publicKey,
    extensions: [
      basicConstraints({ ca: true }),
      keyUsage([
        'keyCertSign',
        'cRLSign',
        'digitalSignature',
        ...(kind === 'rsa' ? ['keyEncipherment' as const] : []),
      ]),
      subjectKeyIdentifier(own),
      authorityKeyIdentifier(own),
    ],
  });
  const issuer = { certificate, signer, algorithm };
  const recipient =
    mode === 'ca'
      ? { certificate, signer, decrypter: createTestDecrypter(caKey) }
      : await createRecipient(issuer);
  const authority: Authority = { mode, issuer, chain: [], recipients: [recipient], trusted: [certificate] };
  return {
    authority,
    source: () => Promise.resolve(authority),
    issuerId: toHex(createHash('sha256').update(signer.publicKey).digest()),
    caKey,
    caPem: toPem('CERTIFICATE', certificate),
  };
}

/** An RA with an RSA-2048 key of its own. */
async function createRecipient(issuer: Authority['issuer']): Promise<Authority['recipients'][0]> {
  const key = generatePrivateKey('rsa');
  const signer = createTestSigner(key);
  const certificate = await issueLeaf(issuer, {
    subject: 'CN=Skep Test RA,O=Skep',
    publicKey: signer.publicKey,
    extensions: [
      keyUsage(['digitalSignature', 'keyEncipherment']),
      extendedKeyUsage([OID.certificateRequestAgent]),
    ],
  });
  return { certificate, signer, decrypter: createTestDecrypter(key) };
}

/** A certificate of this CA, DER. */
export async function issueLeaf(issuer: Authority['issuer'], fields: LeafFields = {}): Promise<Uint8Array> {
  const publicKey =
    fields.publicKey ?? createPublicKey(generatePrivateKey('ec')).export({ format: 'der', type: 'spki' });
  const ca = parseCertificate(issuer.certificate);
  return signCertificate(issuer.signer, issuer.algorithm, {
    serialNumber:
      fields.serialNumber === undefined ? randomSerial() : Buffer.from(fields.serialNumber, 'hex'),
    issuer: ca.subject.der,
    subject: encodeName(fields.subject ?? 'CN=device'),
    publicKey,
    ...(fields.notBefore ? { notBefore: fields.notBefore } : {}),
    ...(fields.notAfter ? { notAfter: fields.notAfter } : {}),
    extensions: [
      subjectKeyIdentifier(keyIdentifier(keyBits(publicKey))),
      authorityKeyIdentifier(keyIdentifier(ca.publicKey.keyBits)),
      ...(fields.extensions ?? []),
    ],
  });
}

/** A Signer over a private key in memory. */
export function createTestSigner(key: KeyObject): Signer {
  return {
    publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }),
    algorithms: key.asymmetricKeyType === 'ec' ? ['ES256'] : ['RS256', 'RS384', 'RS512', 'PS256', 'RS1'],
    sign(data, algorithm) {
      const { hash, ...options }: { hash: string; padding?: number; saltLength?: number } =
        SIGNATURES[algorithm];
      return Promise.resolve(
        sign(hash, data, {
          key,
          ...(options.padding === undefined ? {} : { padding: options.padding }),
          ...(options.saltLength === undefined ? {} : { saltLength: options.saltLength }),
        }),
      );
    },
  };
}

/** A Decrypter over a private RSA key in memory. */
export function createTestDecrypter(key: KeyObject): Decrypter {
  return {
    unwrap(encryptedKey, transport, length) {
      const opened = attempt(() => open(key, encryptedKey, transport));
      const rejected = createHash('sha512')
        .update(encryptedKey)
        .update(key.export({ format: 'der', type: 'pkcs8' }));
      return Promise.resolve(opened?.length === length ? opened : rejected.digest().subarray(0, length));
    },
  };
}

function open(
  key: KeyObject,
  encrypted: Uint8Array,
  transport: Parameters<Decrypter['unwrap']>[1],
): Uint8Array {
  if (transport !== 'pkcs1') {
    const oaepHash = transport === 'oaep-sha1' ? 'sha1' : 'sha256';
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, encrypted);
  }
  // Node 20 refuses PKCS#1 v1.5 decryption with some builds of OpenSSL; a test may take the padding off by itself.
  const block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, encrypted);
  const end = block.indexOf(0, 2);
  return block[0] === 0 && block[1] === 2 && end >= 10 ? block.subarray(end + 1) : new Uint8Array();
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

export function generatePrivateKey(kind: 'rsa' | 'ec'): KeyObject {
  return kind === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

async function signCertificate(
  signer: Signer,
  algorithm: SignatureAlgorithm,
  fields: {
    readonly serialNumber: Uint8Array;
    readonly issuer: Uint8Array;
    readonly subject: Uint8Array;
    readonly publicKey: Uint8Array;
    readonly notBefore?: Date;
    readonly notAfter?: Date;
    readonly extensions: readonly Uint8Array[];
  },
): Promise<Uint8Array> {
  const tbs = encodeTbsCertificate({
    notBefore: VALID_FROM,
    notAfter: VALID_UNTIL,
    ...fields,
    signature: algorithm,
  });
  return encodeSigned(tbs, algorithm, await signer.sign(tbs, algorithm));
}

const keyBits = (spki: Uint8Array): Uint8Array => readPublicKeyInfo(readWhole(spki)).keyBits;

/** 16 octets, positive, no leading zero. */
function randomSerial(): Uint8Array {
  const octets = randomBytes(16);
  octets[0] = ((octets[0] ?? 0) & 0x3f) | 0x40;
  return octets;
}
