/** @module File keys: the authority of a local installation, from a folder of PEM files. */
import type { Clock } from '../base/clock.js';
import { SkepError, toSkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { RandomBytes } from '../base/random.js';
import type { Certificate } from '../pki/certificate.js';
import type { Authority, AuthoritySource, Issuer, ScepRecipient } from './authority.js';
import { signCaCertificate, signRaCertificate } from './certificates.js';
import { assertCa, assertChain, assertRa, isIssuedBy } from './fitness.js';
import { createKeyFolder, type KeyFolder, type KeyPair } from './key-folder.js';
import { KEY_TYPES, type KeyType } from './key-types.js';
import { createLocalDecrypter, createLocalSigner } from './local-key.js';
import { rememberAuthority } from './memory.js';
import type { CertificateChain } from './pem.js';
import { orderRas } from './ra-succession.js';

export interface FileKeyOptions {
  /**
   * Holds `ca.pem` (the CA certificate, then those above it) and `ca.key.pem`; `ra.pem` and `ra.key.pem`, and
   * `ra-2.pem` and so on for their successors; optionally `ca-next.pem` (handed out by GetNextCACert) and
   * `ca-previous.pem` (still trusted for renewals). What is missing of `ca` and `ra` is made.
   */
  readonly folder: string;
  readonly mode: 'ra' | 'ca';
  /** Of a CA key that is made; default `RSA-3072`. */
  readonly keyType?: KeyType;
  /** Of a CA certificate that is made, RFC 4514 text; default `CN=Skep Local CA`. */
  readonly subject?: string;
  /** Opens encrypted key files and encrypts those that are made; default none. */
  readonly passphrase?: string;
  /** Days before its end at which an RA certificate gets a successor; default 30. */
  readonly renewRaBeforeDays?: number;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Logger;
}

/** Answers from memory and looks at the files again from time to time, which is when an RA certificate is renewed. */
export function createFileAuthority(options: FileKeyOptions): AuthoritySource {
  return rememberAuthority(() => loadFileAuthority(options), options);
}

/**
 * Reads the folder, and makes what is missing. Processes that start at once agree.
 * @throws {SkepError} `ERR_AUTHORITY_MISSING` when CA certificate and key do not make a CA,
 *   `ERR_CONFIG` for files that cannot be read, are open to others, or do not belong together.
 */
export async function loadFileAuthority(options: FileKeyOptions): Promise<Authority> {
  const folder = createKeyFolder(options);
  const ca = await loadCa(folder, options);
  const next = folder.readCertificates('ca-next');
  const previous = folder.readCertificates('ca-previous');
  const [certificate, ...above] = ca.chain;
  const issuer: Issuer = {
    certificate: certificate.der,
    signer: ca.signer,
    algorithm: ca.signer.algorithms[0],
  };
  const trusted: CertificateChain = [certificate, ...(previous ?? [])];
  return {
    mode: options.mode,
    issuer,
    chain: above.map(({ der }) => der),
    recipients:
      options.mode === 'ca'
        ? [{ ...issuer, decrypter: createLocalDecrypter(ca.key) }]
        : await loadRas({ folder, issuer, trusted }, options),
    trusted: trusted.map(({ der }) => der),
    ...(next ? { next: next.map(({ der }) => der) } : {}),
  };
}

async function loadCa(folder: KeyFolder, options: FileKeyOptions) {
  const { mode, keyType = 'RSA-3072', subject = 'CN=Skep Local CA', clock, random, log } = options;
  const name = folder.pathOf('ca');
  const found = folder.readPair('ca');
  if (found.chain) {
    if (!found.key)
      throw new SkepError('ERR_AUTHORITY_MISSING', { detail: `${name} is there without its key` });
  } else if (mode === 'ca' && KEY_TYPES[keyType].family !== 'rsa') {
    throw new SkepError('ERR_CONFIG', { detail: `CA mode needs an RSA CA key, not ${keyType}` });
  }
  const key = found.key ?? (await folder.ensureKey('ca', keyType));
  const signer = createLocalSigner(key);
  const make = () => signCaCertificate({ subject, signer, mode, clock, random });
  const chain = found.chain ?? (await folder.ensureCertificates('ca', make));
  assertChain(chain, name);
  const { publicKey } = signer;
  for (const warning of assertCa({ certificate: chain[0], name, publicKey, mode, now: clock.now() }))
    log.warn(warning);
  return { key, signer, chain };
}

interface RaSurroundings {
  readonly folder: KeyFolder;
  readonly issuer: Issuer;
  /** The current CA and those before it. */
  readonly trusted: CertificateChain;
}

interface RaFile extends ScepRecipient {
  readonly parsed: Certificate;
}

/** Files are never renamed: a successor has a name of its own, so nobody ever reads half of a change. */
const raName = (generation: number): string => (generation === 1 ? 'ra' : `ra-${generation}`);

async function loadRas(
  surroundings: RaSurroundings,
  options: FileKeyOptions,
): Promise<[ScepRecipient, ...ScepRecipient[]]> {
  const { clock, log, renewRaBeforeDays } = options;
  const { folder, trusted } = surroundings;
  const files: RaFile[] = [];
  for (;;) {
    const name = raName(files.length + 1);
    const found = folder.readPair(name);
    if (!found.chain && !found.key) break;
    files.push(await loadRa(name, found, surroundings, options));
  }
  const rules = { ca: trusted[0], now: clock.now(), renewBeforeDays: renewRaBeforeDays };
  const { inForce, due } = orderRas(files, rules);
  if (due) {
    const name = raName(files.length + 1);
    try {
      return [await loadRa(name, {}, surroundings, options), ...inForce];
    } catch (thrown) {
      if (inForce.length === 0) throw thrown;
      log.warn('The next RA certificate could not be made.', { message: toSkepError(thrown).message });
    }
  }
  const [first, ...others] = inForce;
  if (!first) throw new SkepError('ERR_INTERNAL', { detail: 'no RA certificate' });
  return [first, ...others];
}

/** @param found what is there; the rest is made. */
async function loadRa(
  name: string,
  found: KeyPair,
  { folder, issuer, trusted }: RaSurroundings,
  { clock, random, log }: FileKeyOptions,
): Promise<RaFile> {
  const path = folder.pathOf(name);
  if (found.chain && !found.key)
    throw new SkepError('ERR_CONFIG', { detail: `${path} is there without its key` });
  const key = found.key ?? (await folder.ensureKey(name, 'RSA-2048'));
  const signer = createLocalSigner(key);
  const { publicKey } = signer;
  const make = () => signRaCertificate({ issuer, publicKey, clock, random });
  const [parsed] = found.chain ?? (await folder.ensureCertificates(name, make));
  for (const warning of assertRa({ certificate: parsed, name: path, publicKey, now: clock.now() }))
    log.warn(warning);
  if (!trusted.some((ca) => isIssuedBy(parsed, ca))) {
    throw new SkepError('ERR_CONFIG', {
      detail: `${path} is not issued by the CA; remove it and its key, and a new one is made`,
    });
  }
  return { certificate: parsed.der, parsed, signer, decrypter: createLocalDecrypter(key) };
}
