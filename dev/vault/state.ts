/** @module What the simulated vault holds. Plain data, so that it can be written down and read again. */
import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';

export type VaultKeyType = 'RSA' | 'RSA-HSM' | 'EC' | 'EC-HSM';

export interface StoredKey {
  readonly version: string;
  readonly kty: VaultKeyType;
  readonly operations: readonly string[];
  enabled: boolean;
  /** Unix seconds. */
  readonly created: number;
  /** PKCS#8, PEM. */
  readonly pem: string;
}

export interface StoredCertificate {
  readonly version: string;
  enabled: boolean;
  readonly created: number;
  updated: number;
  readonly exportable: boolean;
  readonly contentType: string;
  /** The certificate with those that were merged after it, base64 DER. Empty while it is under way. */
  certificates: string[];
}

export interface PendingCertificate {
  readonly version: string;
  readonly requestId: string;
  /** Base64 DER. */
  readonly csr: string;
}

export interface VaultState {
  /** By name, oldest first. A certificate's key has the certificate's name and version. */
  readonly keys: Record<string, StoredKey[]>;
  readonly certificates: Record<string, StoredCertificate[]>;
  pending: Record<string, PendingCertificate>;
  /** Certificates that were deleted and not purged, by name: purge protection keeps them, and their names, for 90 days. */
  readonly deleted: Record<string, StoredCertificate[]>;
}

export const emptyState = (): VaultState => ({ keys: {}, certificates: {}, pending: {}, deleted: {} });

/** 32 hexadecimal digits, as Key Vault's. */
export const newVersion = (): string => randomBytes(16).toString('hex');

const imported = new WeakMap<StoredKey, KeyObject>();

/** The private key, read once. */
export function privateKeyOf(key: StoredKey): KeyObject {
  let found = imported.get(key);
  if (!found) {
    found = createPrivateKey(key.pem);
    imported.set(key, found);
  }
  return found;
}

/** @param size modulus length in bits for RSA; `P-256` or `P-384` for EC. */
export function generatePem(kty: VaultKeyType, size: number | string): string {
  const { privateKey } = kty.startsWith('RSA')
    ? generateKeyPairSync('rsa', { modulusLength: Number(size) })
    : generateKeyPairSync('ec', { namedCurve: String(size) });
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}
