/**
 * @module The life of the RA certificate in the vault: made when there is none, renewed before it ends, by whichever
 * instance comes first.
 */
import type { Clock } from '../base/clock.js';
import { SkepError, toSkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { RandomBytes } from '../base/random.js';
import { parseCertificate, type Certificate } from '../pki/certificate.js';
import { readWhole, TAG, walk } from '../pki/der.js';
import type { Issuer, ScepRecipient } from './authority.js';
import { raCommonName, signRaCertificate } from './certificates.js';
import { assertRa } from './fitness.js';
import { orderRas, type RaCandidate, type Succession } from './ra-succession.js';
import type { RaVault, RaVersion } from './ra-vault.js';
import type { Wait } from './throttle.js';

export interface RaLifeOptions {
  readonly vault: RaVault;
  /** Days before its end at which it is replaced; default 30. */
  readonly renewBeforeDays?: number;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly wait: Wait;
  readonly log: Logger;
}

export interface RaLife {
  /**
   * Those in force, the one to hand out first. Makes one when the issuer has none.
   * @throws {SkepError} `ERR_SIGNER_…` from vault or issuer, `ERR_CONFIG` for a certificate that cannot be an RA,
   *   `ERR_BUSY` when another instance is making one and has not finished.
   */
  load(issuer: Issuer): Promise<[ScepRecipient, ...ScepRecipient[]]>;
  /**
   * Makes the next one if it is due.
   * @returns whether one was made. Throws as `load` does.
   */
  renew(issuer: Issuer): Promise<boolean>;
}

interface OpenedRa extends ScepRecipient, RaCandidate {}

/** As many as can be in force together, and a few for what people do by hand. */
const MAX_VERSIONS = 4;

/** How long one instance gives another to finish, before it takes over what that one began. */
const PATIENCE_STEPS = 5;
const PATIENCE_STEP_MS = 1000;

export function createRaLife(options: RaLifeOptions): RaLife {
  const { vault, clock, random, wait, log } = options;
  const opened = new Map<string, OpenedRa>();

  async function open({ version, since }: RaVersion): Promise<OpenedRa> {
    const known = opened.get(version);
    if (known) return known;
    const recipient = await vault.open(version);
    const parsed = parseCertificate(recipient.certificate);
    const { publicKey } = recipient.signer;
    const name = `the RA certificate ${version}`;
    for (const warning of assertRa({ certificate: parsed, name, publicKey, now: clock.now() }))
      log.warn(warning);
    const ra = { ...recipient, parsed, since };
    opened.set(version, ra);
    return ra;
  }

  /** One damaged version does not keep the others from opening. */
  async function look(ca: Certificate): Promise<Succession<OpenedRa>> {
    const now = clock.now();
    const found: OpenedRa[] = [];
    let failure: SkepError | undefined;
    for (const version of (await vault.list(now)).slice(-MAX_VERSIONS)) {
      try {
        found.push(await open(version));
      } catch (thrown) {
        failure = toSkepError(thrown);
        log.warn('A version of the RA certificate cannot be used.', {
          version: version.version,
          message: failure.message,
        });
      }
    }
    if (found.length === 0 && failure) throw failure;
    return orderRas(found, { ca, now, renewBeforeDays: options.renewBeforeDays });
  }

  /** @returns whether it was this instance that made one. */
  async function make(issuer: Issuer, ca: Certificate): Promise<boolean> {
    if (!(await vault.begin(raCommonName(ca)))) {
      if (!(await isAbandoned(ca))) return false;
    } else if (!(await look(ca)).due) {
      // Another instance began and finished after we had looked.
      await vault.cancel();
      return false;
    }
    const request = await vault.pending();
    if (!request) return false;
    const publicKey = publicKeyOfRequest(request);
    await vault.merge(await signRaCertificate({ issuer, publicKey, clock, random }));
    log.info('Made an RA certificate.');
    return true;
  }

  /** Waits for whoever began a version. An instance that died leaves it unfinished, and the vault begins no other. */
  async function isAbandoned(ca: Certificate): Promise<boolean> {
    for (let step = 0; step < PATIENCE_STEPS; step++) {
      await wait(PATIENCE_STEP_MS);
      if (!(await look(ca)).due) return false;
    }
    return true;
  }

  return {
    async load(issuer) {
      const ca = parseCertificate(issuer.certificate);
      let succession = await look(ca);
      if (!succession.ready) {
        await make(issuer, ca);
        succession = await look(ca);
      }
      const [first, ...others] = succession.inForce;
      if (!first || !succession.ready)
        throw new SkepError('ERR_BUSY', {
          detail: 'the RA certificate is being made',
          retryAfterSeconds: 10,
        });
      return [first, ...others];
    },
    async renew(issuer) {
      const ca = parseCertificate(issuer.certificate);
      return (await look(ca)).due && make(issuer, ca);
    },
  };
}

/** SubjectPublicKeyInfo of a PKCS#10 request that came from the vault itself (RFC 2986 section 4.1). */
function publicKeyOfRequest(request: Uint8Array): Uint8Array {
  const info = walk(walk(readWhole(request, TAG.sequence)).next(TAG.sequence));
  info.next(TAG.integer);
  info.next(TAG.sequence);
  return info.next(TAG.sequence).bytes;
}
