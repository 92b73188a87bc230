/**
 * @module The key that signs OCSP answers: made in memory, certified by the CA for a day, replaced at half its life.
 *
 * The CA key signs once a day and instance instead of once an answer, and what could leak from this process is worth
 * a day of status answers and no certificate (RFC 6960 section 4.2.2.2, delegated responder).
 */
import { generateKeyPair, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { toHex } from '../base/bytes.js';
import { DAY_MS, MINUTE_MS, type Clock } from '../base/clock.js';
import { SkepError, toSkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { RandomBytes } from '../base/random.js';
import { singleFlight } from '../base/single-flight.js';
import type { Issuer } from '../keys/authority.js';
import { SIGNATURES } from '../pki/algorithms.js';
import { parseCertificate } from '../pki/certificate.js';
import { readWhole } from '../pki/der.js';
import {
  authorityKeyIdentifier,
  extendedKeyUsage,
  keyIdentifier,
  keyUsage,
  ocspNoCheck,
  subjectKeyIdentifier,
} from '../pki/extensions.js';
import { encodeName } from '../pki/name.js';
import { OID } from '../pki/oids.js';
import { readPublicKeyInfo } from '../pki/public-key.js';
import { subjectKeyIdentifierOf } from '../pki/subject-key-identifier.js';
import { encodeSigned, encodeTbsCertificate } from '../pki/tbs-certificate.js';

/**
 * `auto` follows the CA. Every OCSP client must check RSA with SHA-256 (RFC 6960 section 4.3), so that is what an RSA
 * CA's responder uses; whoever relies on an EC CA checks ECDSA already. An answer costs 0.3 ms with RSA-2048 and
 * 0.03 ms with P-256: `ec` is for RSA CAs whose clients send nonces, which no cache can answer, in great numbers.
 */
export type ResponderKeyType = 'auto' | 'rsa' | 'ec';

export interface ResponderKey {
  /** DER. */
  readonly certificate: Uint8Array;
  /** Upper-case hex. */
  readonly serialNumber: string;
  /** SHA-1 of the public key bits, by which the responder names itself. */
  readonly keyHash: Uint8Array;
  /** End of the certificate; no answer may live longer. */
  readonly notAfter: Date;
  readonly algorithm: 'RS256' | 'ES256';
  sign(data: Uint8Array): Uint8Array;
}

export interface ResponderKeys {
  /**
   * The key that answers for this issuer. While one is in force it is served at once, also while its successor is made.
   * @throws {SkepError} what the CA's signer throws, when there is no key in force; `ERR_VALIDITY` when the CA ended.
   */
  current(issuer: Issuer): Promise<ResponderKey>;
}

export interface ResponderKeyOptions {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly logger: Logger;
  /** Default `auto`. */
  readonly keyType?: ResponderKeyType;
  /** Life of a responder certificate; default one day. */
  readonly validityMs?: number;
}

/** For clients whose clock is slow. */
const BACKDATE_MS = 5 * MINUTE_MS;
/** Between two attempts to replace a key that is still in force. */
const RETRY_MS = MINUTE_MS;
const SERIAL_OCTETS = 16;

const KEY_TYPES = {
  rsa: { algorithm: 'RS256', generate: () => generatePair('rsa', { modulusLength: 2048 }) },
  ec: { algorithm: 'ES256', generate: () => generatePair('ec', { namedCurve: 'P-256' }) },
} as const;

const generatePair = promisify(generateKeyPair) as (
  type: string,
  options: object,
) => Promise<{ readonly publicKey: KeyObject; readonly privateKey: KeyObject }>;

interface Held {
  readonly key: ResponderKey;
  /** When to make the next; never for one that ends with its CA. */
  readonly renewAt: number;
}

export function createResponderKeys(options: ResponderKeyOptions): ResponderKeys {
  /** By the issuer's certificate. There are as many as there are CAs: two or three in the life of a process. */
  const holders = new Map<string, () => Promise<ResponderKey>>();
  return {
    current(issuer) {
      const name = toHex(issuer.certificate);
      const holder = holders.get(name) ?? createHolder(issuer, options);
      holders.set(name, holder);
      return holder();
    },
  };
}

/** The key that answers for one issuer. */
function createHolder(issuer: Issuer, options: ResponderKeyOptions): () => Promise<ResponderKey> {
  const { clock, logger, validityMs = DAY_MS } = options;
  let held: Held | undefined;
  let retryAt = 0;

  const make = singleFlight(async () => {
    const { key, endsWithCa } = await certifyResponder(issuer, options, validityMs);
    const now = clock.now().getTime();
    held = { key, renewAt: endsWithCa ? Infinity : now + (key.notAfter.getTime() - now) / 2 };
    logger.info('Certified an OCSP responder key', {
      serialNumber: key.serialNumber,
      algorithm: key.algorithm,
      notAfter: key.notAfter.toISOString(),
    });
    return key;
  });

  function renewInBackground(now: number): void {
    retryAt = now + RETRY_MS;
    make().catch((thrown: unknown) => {
      const { code, message } = toSkepError(thrown);
      logger.warn('The OCSP responder key could not be renewed; the present one goes on', { code, message });
    });
  }

  return async () => {
    const now = clock.now().getTime();
    if (!held || now >= held.key.notAfter.getTime()) return make();
    if (now >= held.renewAt && now >= retryAt) renewInBackground(now);
    return held.key;
  };
}

async function certifyResponder(
  issuer: Issuer,
  { clock, random, keyType = 'auto' }: ResponderKeyOptions,
  validityMs: number,
): Promise<{ readonly key: ResponderKey; readonly endsWithCa: boolean }> {
  const ca = parseCertificate(issuer.certificate);
  const now = clock.now().getTime();
  const end = Math.min(now + validityMs, ca.notAfter.getTime());
  if (end <= now) throw new SkepError('ERR_VALIDITY', { detail: 'OCSP responder' });

  const followed = SIGNATURES[issuer.algorithm].keyType;
  const { algorithm, generate } = KEY_TYPES[keyType === 'auto' ? followed : keyType];
  const { publicKey, privateKey } = await generate();
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const keyHash = keyIdentifier(readPublicKeyInfo(readWhole(spki)).keyBits);
  const serialNumber = createSerial(random);
  const notAfter = new Date(Math.floor(end / 1000) * 1000);

  const tbs = encodeTbsCertificate({
    serialNumber,
    signature: issuer.algorithm,
    issuer: ca.subject.der,
    notBefore: new Date(Math.max(now - BACKDATE_MS, ca.notBefore.getTime())),
    notAfter,
    subject: encodeName(`CN=Skep OCSP ${toHex(keyHash.subarray(0, 4))}`),
    publicKey: spki,
    extensions: [
      keyUsage(['digitalSignature']),
      extendedKeyUsage([OID.ocspSigning]),
      ocspNoCheck(),
      subjectKeyIdentifier(keyHash),
      authorityKeyIdentifier(subjectKeyIdentifierOf(ca)),
    ],
  });
  const signature = await issuer.signer.sign(tbs, issuer.algorithm);
  const key: ResponderKey = {
    certificate: encodeSigned(tbs, issuer.algorithm, signature),
    serialNumber: toHex(serialNumber),
    keyHash,
    notAfter,
    algorithm,
    sign: (data) => sign('sha256', data, privateKey),
  };
  return { key, endsWithCa: end === ca.notAfter.getTime() };
}

/** Positive, random, of one length (RFC 5280 section 4.1.2.2). */
function createSerial(random: RandomBytes): Uint8Array {
  const octets = Uint8Array.from(random(SERIAL_OCTETS));
  octets[0] = ((octets[0] ?? 0) & 0x3f) | 0x40;
  return octets;
}
