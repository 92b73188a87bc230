/** @module The authority whose keys lie in Azure Key Vault. */
import { DAY_MS, type Clock } from '../base/clock.js';
import { SkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { once } from '../base/once.js';
import type { RandomBytes } from '../base/random.js';
import { SIGNATURES } from '../pki/algorithms.js';
import { parseCertificate } from '../pki/certificate.js';
import { readWhole } from '../pki/der.js';
import { importPublicKey } from '../pki/public-key.js';
import { readSignatureScheme, verifySignature } from '../pki/verify.js';
import type { Authority, AuthoritySource, Issuer, ScepRecipient } from './authority.js';
import type { CaCertificates, CaCertificateSet, CaRecord } from './ca-certificates.js';
import { settleCas } from './ca-life.js';
import { assertCa, assertChain } from './fitness.js';
import { signatureAlgorithmsOf } from './key-types.js';
import { openVaultKey, type VaultKey } from './key-vault.js';
import { rememberAuthority } from './memory.js';
import { createRaLife } from './ra-certificate.js';
import { createRaVault } from './ra-vault.js';
import type { Signer } from './signer.js';
import type { Wait } from './throttle.js';
import type { VaultConnection } from './vault-connection.js';

export interface VaultAuthorityOptions {
  readonly connection: VaultConnection;
  readonly mode: 'ra' | 'ca';
  readonly ca: CaCertificates;
  /** The only vault key that may be the CA's. Unset: whichever the CA certificate was installed for. */
  readonly caKeyName?: string;
  /** Name of the Key Vault certificate of the RA; default `skep-ra`. */
  readonly raName?: string;
  /** Where the RA's private key is when it works; default `process`. */
  readonly raKeyHome?: 'process' | 'vault';
  /** Days before its end at which the RA certificate is replaced; default 30. */
  readonly renewRaBeforeDays?: number;
  /** The part of Key Vault's published limit per key that this process may use; default 0.8. */
  readonly share?: number;
  /** Makes the issuer that signs for the authority itself. Default: the issuer as it is. */
  readonly record?: (issuer: Issuer, purpose: 'ra-certificate' | 'health-check') => Issuer;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly wait: Wait;
  readonly log: Logger;
}

export interface VaultAuthority {
  /**
   * Answers from memory; the view is never older than ten minutes, nor from before a cut-over, unless the last look failed.
   * @throws {SkepError} `ERR_AUTHORITY_MISSING` when there is no CA certificate or it does not belong to its key,
   *   `ERR_CONFIG`, `ERR_SIGNER_…`, `ERR_STORE_UNAVAILABLE`, `ERR_BUSY`.
   */
  readonly source: AuthoritySource;
  /**
   * For a timer, once a day or oftener: makes the next RA certificate if it is due, for the current CA and for one that
   * takes over within two days. Throws as `source` does.
   * @returns whether one was made.
   */
  renewRa(): Promise<boolean>;
  /** Signs with the CA key and verifies: one vault operation. Throws as `source` does. */
  testSigning(): Promise<SigningReport>;
}

export interface SigningReport {
  /** What the CA key permits and a CA has no use for, e.g. `wrapKey`. */
  readonly excess: readonly string[];
}

export function createVaultAuthority(options: VaultAuthorityOptions): VaultAuthority {
  const { connection, share, clock, random, wait, log, renewRaBeforeDays } = options;
  const keyDefaults = { connection, clock, random, wait, ...(share === undefined ? {} : { share }) };
  const { raName = 'skep-ra', raKeyHome = 'process', record = asItIs } = options;
  const ra = createRaLife({
    vault: createRaVault({ ...keyDefaults, name: raName, keyHome: raKeyHome }),
    ...(renewRaBeforeDays === undefined ? {} : { renewBeforeDays: renewRaBeforeDays }),
    clock,
    random,
    wait,
    log,
  });

  const keys = new Map<string, Promise<VaultKey>>();
  /** Opened once: a key's throttle must outlive a refresh. */
  function openKey({ keyName, keyVersion }: CaRecord): Promise<VaultKey> {
    const id = `${keyName}/${keyVersion ?? ''}`;
    const known = keys.get(id);
    if (known) return known;
    const opening = openVaultKey({
      ...keyDefaults,
      name: keyName,
      ...(keyVersion ? { version: keyVersion } : {}),
    });
    keys.set(id, opening);
    opening.catch(() => keys.delete(id));
    return opening;
  }

  async function openIssuer(record: CaRecord): Promise<OpenIssuer> {
    assertKeyName(record, options.caKeyName);
    const key = await openKey(record);
    const name = 'the CA certificate';
    const certificate = parseCertificate(record.certificate);
    const { publicKey } = key.signer;
    const now = clock.now();
    for (const warning of assertCa({ certificate, name, publicKey, mode: options.mode, now }))
      log.warn(warning);
    assertChain([certificate, ...record.chain.map((der) => parseCertificate(der))], name);
    const issuer = {
      certificate: record.certificate,
      signer: key.signer,
      algorithm: key.signer.algorithms[0],
    };
    return { issuer, key };
  }

  /** A former CA signs an hourly CRL and little else, so its key is opened when it is first needed. */
  function lookBack(record: CaRecord): Issuer[] {
    const { notAfter, publicKey } = parseCertificate(record.certificate);
    if (notAfter <= clock.now()) return [];
    const [first, ...others] = signatureAlgorithmsOf(importPublicKey(publicKey));
    const signer: Signer = {
      publicKey: publicKey.spki,
      algorithms: [first, ...others],
      sign: async (data, algorithm) => (await openIssuer(record)).issuer.signer.sign(data, algorithm),
    };
    return [{ certificate: record.certificate, signer, algorithm: first }];
  }

  /** In CA mode a former CA still opens what was encrypted to it just before the cut-over. */
  function openLate(record: CaRecord): ScepRecipient[] {
    if (!parseCertificate(record.certificate).publicKey.rsa) return [];
    const decrypter = once(async () => (await openIssuer(record)).key.createDecrypter());
    return lookBack(record).map((issuer) => ({
      ...issuer,
      decrypter: { unwrap: async (...sealed) => (await decrypter()).unwrap(...sealed) },
    }));
  }

  async function load(): Promise<Authority> {
    const { active, announced, former } = arrange(await readSet(options.ca), clock.now());
    const { issuer, key } = await openIssuer(active);
    return {
      mode: options.mode,
      issuer,
      chain: active.chain,
      recipients:
        options.mode === 'ca'
          ? [{ ...issuer, decrypter: key.createDecrypter() }, ...former.flatMap(openLate)]
          : await ra.load(record(issuer, 'ra-certificate')),
      trusted: [active, ...former].map(({ certificate }) => certificate),
      former: former.flatMap((record) => lookBack(record)),
      ...(announced ? { next: [announced.certificate, ...announced.chain], until: announced.cutOver } : {}),
    };
  }

  return {
    source: rememberAuthority(load, { clock, log }),
    async renewRa() {
      if (options.mode === 'ca') return false;
      const now = clock.now();
      const { active, announced } = arrange(await readSet(options.ca), now);
      let made = await ra.renew(record((await openIssuer(active)).issuer, 'ra-certificate'));
      if (announced && announced.cutOver.getTime() - now.getTime() < AHEAD_MS)
        made = (await ra.renew(record((await openIssuer(announced)).issuer, 'ra-certificate'))) || made;
      return made;
    },
    async testSigning() {
      const { active } = arrange(await readSet(options.ca), clock.now());
      const { issuer, key } = await openIssuer(active);
      await assertSigns(record(issuer, 'health-check'), random);
      const used: readonly string[] = USED_OPERATIONS[options.mode];
      return { excess: key.operations.filter((operation) => !used.includes(operation)) };
    },
  };
}

const asItIs = (issuer: Issuer): Issuer => issuer;

const USED_OPERATIONS = { ra: ['sign', 'verify'], ca: ['sign', 'verify', 'decrypt'] } as const;

/** Whoever may write the CA certificate must not thereby choose the key. */
function assertKeyName({ keyName }: CaRecord, expected: string | undefined): void {
  if (expected === undefined || keyName === expected) return;
  throw new SkepError('ERR_AUTHORITY_MISSING', {
    detail: `the CA certificate belongs to the vault key ${keyName}, and the setting names ${expected}`,
  });
}

interface OpenIssuer {
  readonly issuer: Issuer;
  readonly key: VaultKey;
}

/** Before a new CA takes over, its RA certificate is there and every instance can open what is encrypted to it. */
const AHEAD_MS = 2 * DAY_MS;

async function readSet(certificates: CaCertificates): Promise<CaCertificateSet> {
  const set = await certificates.read();
  if (!set) throw new SkepError('ERR_AUTHORITY_MISSING', { detail: 'no CA certificate is installed' });
  return set;
}

interface Arrangement {
  readonly active: CaRecord;
  readonly announced?: CaRecord & { readonly cutOver: Date };
  readonly former: readonly CaRecord[];
}

/** Who issues at this time. */
function arrange(set: CaCertificateSet, now: Date): Arrangement {
  const { current, next, former } = settleCas(set, now);
  return { active: current, former, ...(next ? { announced: next } : {}) };
}

/** A certificate that the key should be able to sign for says nothing yet; a signature does. */
async function assertSigns({ certificate, signer, algorithm }: Issuer, random: RandomBytes): Promise<void> {
  const data = random(32);
  const signature = await signer.sign(data, algorithm);
  const scheme = readSignatureScheme(readWhole(SIGNATURES[algorithm].identifier));
  if (!verifySignature(importPublicKey(parseCertificate(certificate).publicKey), scheme, data, signature))
    throw new SkepError('ERR_AUTHORITY_MISSING', { detail: 'the CA key signs for another certificate' });
}
