/** @module Where Windows keeps a new key, by KeyProtection, and what fits there. */
import { createHash, type KeyObject } from 'node:crypto';
import { toHex } from '../../lib/base/bytes.js';
import { HRESULTS, type HresultName } from '../../lib/base/hresults.js';
import { generateRsaKey, publicKeyDer } from '../scep-client/index.js';

/** `displayName` is the key storage provider as a request names it. */
export const KEY_PROVIDERS = {
  tpm: { displayName: 'Microsoft Platform Crypto Provider', maxRsaBits: 2048 },
  software: { displayName: 'Microsoft Software Key Storage Provider', maxRsaBits: 16_384 },
  hello: { displayName: 'Microsoft Passport Key Storage Provider', maxRsaBits: 2048 },
} as const satisfies Record<string, { readonly displayName: string; readonly maxRsaBits: number }>;

export type KeyProviderName = keyof typeof KEY_PROVIDERS;

/** Values of the KeyProtection node. */
export const KEY_PROTECTION = { tpm: 1, tpmOrSoftware: 2, software: 3, hello: 4 } as const;

/** Makes an RSA key; a simulation of many devices hands out keys from a pool. */
export type KeySource = (modulusBits: number, provider: KeyProviderName) => Promise<KeyObject>;

export const generateKeys: KeySource = (modulusBits) => generateRsaKey(modulusBits);

/** A key that cannot be made or found here; carries the HRESULT that Windows leaves behind. */
export class KeyProviderError extends Error {
  override readonly name = 'KeyProviderError';
  readonly hresult: number;
  constructor(name: HresultName) {
    super(HRESULTS[name].means);
    this.hresult = HRESULTS[name].code;
  }
}

export interface KeyWish {
  /** A value of {@link KEY_PROTECTION}. */
  readonly keyProtection: number;
  readonly keyLength: number;
  /** AADKeyIdentifierList: upper-case hex SHA-256 of the public keys that will do; empty for any. */
  readonly keyIdentifiers: readonly string[];
}

export interface KeyHardware {
  readonly hasTpm: boolean;
  /** Keys of Windows Hello containers, registered with Entra. */
  readonly registeredKeys: readonly KeyObject[];
}

/** @throws {KeyProviderError} where the wish does not fit the device. */
export function chooseKeyProvider(
  { keyProtection, keyLength }: KeyWish,
  { hasTpm }: KeyHardware,
): KeyProviderName {
  const fitsTpm = keyLength <= KEY_PROVIDERS.tpm.maxRsaBits;
  switch (keyProtection) {
    case KEY_PROTECTION.tpm:
      if (!hasTpm) throw new KeyProviderError('TBS_E_TPM_NOT_FOUND');
      if (!fitsTpm) throw new KeyProviderError('NTE_NOT_SUPPORTED');
      return 'tpm';
    case KEY_PROTECTION.tpmOrSoftware:
      return hasTpm && fitsTpm ? 'tpm' : 'software';
    case KEY_PROTECTION.hello:
      if (keyLength !== KEY_PROVIDERS.hello.maxRsaBits) throw new KeyProviderError('NTE_NOT_SUPPORTED');
      return 'hello';
    default:
      return 'software';
  }
}

/** @throws {KeyProviderError} `NTE_NO_KEY` when none of the keys asked for is on the device. */
export function findRegisteredKey({ keyIdentifiers }: KeyWish, { registeredKeys }: KeyHardware): KeyObject {
  const key = registeredKeys.find(
    (candidate) => keyIdentifiers.length === 0 || keyIdentifiers.includes(keyIdentifier(candidate)),
  );
  if (!key) throw new KeyProviderError('NTE_NO_KEY');
  return key;
}

/** As AADKeyIdentifierList names a key: upper-case hex SHA-256 of its SubjectPublicKeyInfo. */
export const keyIdentifier = (key: KeyObject): string =>
  toHex(createHash('sha256').update(publicKeyDer(key)).digest());
