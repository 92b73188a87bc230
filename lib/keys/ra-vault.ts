/** @module The RA certificate as a Key Vault certificate: its versions, their keys, and the making of the next one. */
import type { CertificateClient, CertificatePolicy } from '@azure/keyvault-certificates';
import type { SecretClient } from '@azure/keyvault-secrets';
import { SkepError } from '../base/errors.js';
import { once } from '../base/once.js';
import { OID } from '../pki/oids.js';
import type { ScepRecipient } from './authority.js';
import { openVaultKey, type VaultKeyOptions } from './key-vault.js';
import { createLocalDecrypter, createLocalSigner, parsePrivateKey } from './local-key.js';
import { parseCertificateFile } from './pem.js';
import { callVault, createCertificateClient, createSecretClient } from './vault-connection.js';
import type { VaultFailure } from './vault-errors.js';

/** A version of the RA certificate that is in force. */
export interface RaVersion {
  readonly version: string;
  /** When it was completed; other instances may not know it before they look again. */
  readonly since: Date;
}

/** What the RA's life needs of a vault. All methods throw `ERR_SIGNER_…`. */
export interface RaVault {
  /** Enabled versions that end after `now`, oldest first. */
  list(now: Date): Promise<RaVersion[]>;
  /** @throws {SkepError} also `ERR_CONFIG` when what the vault holds is no RSA key with its certificate. */
  open(version: string): Promise<ScepRecipient>;
  /**
   * Begins a new version.
   * @param commonName of the request that the vault makes; the certificate that is merged has a subject of its own.
   * @returns false when another one is under way.
   * @throws {SkepError} `ERR_SIGNER_REFUSED` also when the certificate was deleted: its name is taken until it is purged.
   */
  begin(commonName: string): Promise<boolean>;
  /** @returns the PKCS#10 request (DER) of the version that is under way, if one is. */
  pending(): Promise<Uint8Array | undefined>;
  /** Completes the version that is under way, if it still is. */
  merge(certificate: Uint8Array): Promise<void>;
  /** Gives up the version that is under way, if one is. */
  cancel(): Promise<void>;
}

export interface RaVaultOptions extends Omit<VaultKeyOptions, 'version'> {
  /** Of the Key Vault certificate. */
  readonly name: string;
  /**
   * `process`: the key is exportable, fetched once and held in memory, so that a request costs no vault operation.
   * `vault`: it never leaves the vault, and each request costs two operations more.
   */
  readonly keyHome: 'process' | 'vault';
}

export function createRaVault(options: RaVaultOptions): RaVault {
  const { connection, name, keyHome } = options;
  const certificates = once(() => createCertificateClient(connection));
  const secrets = once(() => createSecretClient(connection));

  return {
    async list(now) {
      const client = await certificates();
      const found = await unlessStatus([404], () =>
        callVault(connection, 'list certificate versions', (call) => listVersions(client, name, now, call)),
      );
      return found ?? [];
    },
    open: async (version) =>
      keyHome === 'process'
        ? openExportable(await secrets(), version, options)
        : openInVault(await certificates(), version, options),
    async begin(commonName) {
      const client = await certificates();
      const begun = await unless(
        (failure) => failure.statusCode === 409 && !isDeleted(failure),
        () =>
          callVault(connection, 'create certificate', (call) =>
            client.beginCreateCertificate(name, raPolicy(plainSubject(commonName), keyHome), call),
          ),
      );
      return begun !== undefined;
    },
    async pending() {
      const client = await certificates();
      return unlessStatus([404], async () => {
        const poller = await callVault(connection, 'get certificate operation', (call) =>
          client.getCertificateOperation(name, call),
        );
        const operation = poller.getOperationState().certificateOperation;
        return operation?.status === 'inProgress' ? operation.csr : undefined;
      });
    },
    async merge(certificate) {
      const client = await certificates();
      // Another instance was faster: there is nothing left to complete.
      await unlessStatus([404, 409], () =>
        callVault(connection, 'merge certificate', (call) =>
          client.mergeCertificate(name, [certificate], call),
        ),
      );
    },
    async cancel() {
      const client = await certificates();
      await unlessStatus([404], () =>
        callVault(connection, 'delete certificate operation', (call) =>
          client.deleteCertificateOperation(name, call),
        ),
      );
    },
  };
}

async function listVersions(
  client: CertificateClient,
  name: string,
  now: Date,
  call: { readonly abortSignal: AbortSignal },
): Promise<RaVersion[]> {
  const found: (RaVersion & { readonly order: number })[] = [];
  for await (const properties of client.listPropertiesOfCertificateVersions(name, call)) {
    const { enabled, version, createdOn, updatedOn = createdOn, expiresOn } = properties;
    if (!enabled || !version || !createdOn || !updatedOn || !expiresOn || expiresOn <= now) continue;
    found.push({ version, since: updatedOn, order: createdOn.getTime() });
  }
  return found.sort((a, b) => a.order - b.order).map(({ version, since }) => ({ version, since }));
}

/** The secret of a certificate with the content type PEM holds the private key and the certificate. */
async function openExportable(
  client: SecretClient,
  version: string,
  { connection, name }: RaVaultOptions,
): Promise<ScepRecipient> {
  const { value = '' } = await callVault(connection, 'get secret', (call) =>
    client.getSecret(name, { ...call, version }),
  );
  const label = `the vault secret ${name}/${version}`;
  const key = parsePrivateKey(value, label);
  const [{ der }] = parseCertificateFile(Buffer.from(value), label);
  return { certificate: der, signer: createLocalSigner(key), decrypter: createLocalDecrypter(key) };
}

async function openInVault(
  client: CertificateClient,
  version: string,
  options: RaVaultOptions,
): Promise<ScepRecipient> {
  const { connection, name } = options;
  const { cer } = await callVault(connection, 'get certificate', (call) =>
    client.getCertificateVersion(name, version, call),
  );
  const [{ der }] = parseCertificateFile(cer ?? new Uint8Array(), `the vault certificate ${name}/${version}`);
  // A certificate's key has the certificate's name and version.
  const key = await openVaultKey({ ...options, version });
  return { certificate: der, signer: key.signer, decrypter: key.createDecrypter() };
}

/**
 * Key Vault reads names as Windows does, where a comma is put in quotes and not escaped, and refuses what it cannot read.
 * Nobody looks at the name in its request, so what is not plain is left out.
 */
const plainSubject = (commonName: string): string =>
  `CN=${commonName.replace(/[^\p{L}\p{M}\p{N} ()._-]+/gu, ' ')}`;

/** Issuer Unknown: the vault makes the key and a request, and waits for the certificate to be merged. */
const raPolicy = (subject: string, keyHome: RaVaultOptions['keyHome']): CertificatePolicy => ({
  issuerName: 'Unknown',
  subject,
  keyType: 'RSA',
  keySize: 2048,
  reuseKey: false,
  exportable: keyHome === 'process',
  contentType: 'application/x-pem-file',
  keyUsage: ['digitalSignature', 'keyEncipherment'],
  enhancedKeyUsage: [OID.certificateRequestAgent],
  validityInMonths: 12,
});

/** Both are 409: a version that is under way, and a name that is kept for what was deleted. */
const isDeleted = ({ details }: VaultFailure): boolean =>
  details?.error?.innerError?.code === 'ObjectIsDeletedButRecoverable';

/** `undefined` instead of a failure that has one of these HTTP statuses. */
const unlessStatus = <T>(statuses: readonly number[], work: () => Promise<T>): Promise<T | undefined> =>
  unless(({ statusCode }) => statusCode !== undefined && statuses.includes(statusCode), work);

/** `undefined` instead of a failure of the vault that is expected. */
async function unless<T>(
  expected: (failure: VaultFailure) => boolean,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    const cause = thrown instanceof SkepError ? thrown.cause : undefined;
    if (cause instanceof Error && expected(cause)) return undefined;
    throw thrown;
  }
}
