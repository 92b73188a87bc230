/** @module Which keys the app works with: files or a vault. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenCredential } from '@azure/core-auth';
import type { Clock } from '../base/clock.js';
import { SkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { RandomBytes } from '../base/random.js';
import type { AuthoritySource } from '../keys/authority.js';
import type { CaCertificates } from '../keys/ca-certificates.js';
import { createFileAuthority } from '../keys/file.js';
import type { EventQueue } from '../ledger/ledger.js';
import { recordIssuer } from '../ledger/recorded-authority.js';
import { createVaultAuthority, type SigningReport } from '../keys/vault-authority.js';
import type { Settings } from './settings.js';

export interface Keys {
  readonly authority: AuthoritySource;
  /** The rest is there for keys in a vault only. Whether a new RA certificate was made. */
  readonly renewRa?: () => Promise<boolean>;
  /** One operation of the CA key. */
  readonly testSigning?: () => Promise<SigningReport>;
}

export interface KeyParts {
  readonly credential: TokenCredential;
  readonly ca: CaCertificates;
  /** Hears of what the CA key signs for the authority itself, before it does. */
  readonly queue: Pick<EventQueue, 'note'>;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly logger: Logger;
}

/** Reaches nothing yet. @throws {SkepError} `ERR_CONFIG` */
export function createKeys(settings: Settings, parts: KeyParts): Keys {
  return settings.SKEP_KEYS === 'vault' ? createVaultKeys(settings, parts) : createFileKeys(settings, parts);
}

function createVaultKeys(
  settings: Settings,
  { credential, ca, queue, clock, random, logger }: KeyParts,
): Keys {
  const { SKEP_VAULT_URL: url, SKEP_VAULT_SIMULATOR_CERTIFICATE: simulator } = settings;
  if (!url) throw new SkepError('ERR_CONFIG', { detail: 'SKEP_VAULT_URL' });
  const vault = createVaultAuthority({
    connection: {
      url,
      credential,
      ...(simulator ? { trustedCertificate: simulator, foreignDomain: true } : {}),
    },
    mode: settings.SKEP_SCEP_MODE,
    ca,
    caKeyName: settings.SKEP_CA_KEY,
    raName: settings.SKEP_RA_CERTIFICATE,
    raKeyHome: settings.SKEP_RA_KEY,
    share: settings.SKEP_VAULT_SHARE_PERCENT / 100,
    record: (issuer, purpose) => recordIssuer(issuer, purpose, { queue, clock }),
    clock,
    random,
    wait: (ms) => sleep(ms),
    log: logger,
  });
  return {
    authority: vault.source,
    renewRa: () => vault.renewRa(),
    testSigning: () => vault.testSigning(),
  };
}

function createFileKeys(settings: Settings, { clock, random, logger }: KeyParts): Keys {
  const { SKEP_KEYS_FOLDER: folder, SKEP_KEYS_PASSPHRASE: passphrase } = settings;
  if (!folder) throw new SkepError('ERR_CONFIG', { detail: 'SKEP_KEYS_FOLDER' });
  const authority = createFileAuthority({
    folder,
    mode: settings.SKEP_SCEP_MODE,
    keyType: settings.SKEP_CA_KEY_TYPE,
    subject: settings.SKEP_CA_SUBJECT,
    clock,
    random,
    log: logger,
    ...(passphrase ? { passphrase } : {}),
  });
  return { authority };
}
