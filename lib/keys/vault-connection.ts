/** @module How a vault is reached: its address, who asks, how long a call may take, and the clients of its SDKs. */
import type { TokenCredential } from '@azure/core-auth';
import type { CertificateClient } from '@azure/keyvault-certificates';
import type { CryptographyClient, KeyClient, KeyClientOptions, KeyVaultKey } from '@azure/keyvault-keys';
import type { SecretClient } from '@azure/keyvault-secrets';
import { toSignerError } from './vault-errors.js';

export interface VaultConnection {
  /** For example `https://contoso.vault.azure.net`. */
  readonly url: string;
  readonly credential: TokenCredential;
  /** Milliseconds that one request may take; default 5000. */
  readonly timeoutMs?: number;
  /** PEM of a certificate to trust for TLS besides the public ones: a simulator's. */
  readonly trustedCertificate?: string;
  /**
   * Sends tokens although the vault is not in the domain that its challenge names; default false. For simulators: a
   * false vault could have a token for the real one sent to it.
   */
  readonly foreignDomain?: boolean;
  /** Of the REST API for keys; default: the newest that the SDK speaks. For doubles that lag behind. */
  readonly keyApiVersion?: string;
}

const TIMEOUT_MS = 5000;

// The SDKs cost a cold start a fifth of a second, so they are loaded when a vault is first used.

export async function createKeyClient(connection: VaultConnection): Promise<KeyClient> {
  const { KeyClient } = await import('@azure/keyvault-keys');
  return new KeyClient(connection.url, connection.credential, keyClientOptions(connection));
}

/** Over a fetched key: given an id alone the client would fetch the key again before its first operation. */
export async function createCryptographyClient(
  connection: VaultConnection,
  key: KeyVaultKey,
): Promise<CryptographyClient> {
  const { CryptographyClient } = await import('@azure/keyvault-keys');
  return new CryptographyClient(key, connection.credential, keyClientOptions(connection));
}

export async function createCertificateClient(connection: VaultConnection): Promise<CertificateClient> {
  const { CertificateClient } = await import('@azure/keyvault-certificates');
  return new CertificateClient(connection.url, connection.credential, clientOptions(connection));
}

export async function createSecretClient(connection: VaultConnection): Promise<SecretClient> {
  const { SecretClient } = await import('@azure/keyvault-secrets');
  return new SecretClient(connection.url, connection.credential, clientOptions(connection));
}

/** The options that the four clients have in common and that are used here. */
interface ClientOptions {
  readonly retryOptions: { readonly maxRetries: number };
  readonly tlsOptions?: { readonly ca: string };
  readonly disableChallengeResourceVerification?: boolean;
}

/** The SDK's own retries are off: they would hide from the throttle what the vault says. */
function clientOptions({ trustedCertificate, foreignDomain }: VaultConnection): ClientOptions {
  return {
    retryOptions: { maxRetries: 0 },
    ...(trustedCertificate ? { tlsOptions: { ca: trustedCertificate } } : {}),
    ...(foreignDomain ? { disableChallengeResourceVerification: true } : {}),
  };
}

const keyClientOptions = (connection: VaultConnection): KeyClientOptions => ({
  ...clientOptions(connection),
  ...(connection.keyApiVersion ? { serviceVersion: connection.keyApiVersion } : {}),
});

/**
 * One call within the connection's time limit.
 * @param operation for the log.
 * @throws {SkepError} `ERR_SIGNER_UNAVAILABLE`, `ERR_SIGNER_THROTTLED` or `ERR_SIGNER_REFUSED`.
 */
export async function callVault<T>(
  { timeoutMs = TIMEOUT_MS }: VaultConnection,
  operation: string,
  call: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  try {
    return await call({ abortSignal: AbortSignal.timeout(timeoutMs) });
  } catch (thrown) {
    throw toSignerError(thrown, operation);
  }
}
