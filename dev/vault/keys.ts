/** @module Keys: get, sign, decrypt, and their making, which is for Bicep in Azure and for the control API here. */
import { constants, createPublicKey, privateDecrypt, type KeyObject } from 'node:crypto';
import { encodeBase64Url, octetsOf, textOf, VaultFault, type VaultReply } from './messages.js';
import { signEcdsa, signPkcs1, signPss } from './raw-signatures.js';
import {
  generatePem,
  newVersion,
  privateKeyOf,
  type StoredKey,
  type VaultKeyType,
  type VaultState,
} from './state.js';

export interface KeyStoreOptions {
  readonly state: VaultState;
  /** The vault's URL, once it is known. */
  readonly url: () => string;
  /** Unix seconds. */
  readonly now: () => number;
}

export interface CreateKeyOptions {
  readonly kty: VaultKeyType;
  /** Bits of an RSA modulus, default 2048; or `P-256` (default) or `P-384`. */
  readonly size?: number | string;
  /** Default: sign and verify. */
  readonly operations?: readonly string[];
  /** PKCS#8 PEM of a key to import instead of making one. */
  readonly pem?: string;
}

/** Signature algorithms by the names of Key Vault: the length of their digest in octets, the key, and the way. */
const SIGN = {
  RS256: { octets: 32, curve: undefined, sign: (key, digest) => signPkcs1(key, 'sha256', digest) },
  RS384: { octets: 48, curve: undefined, sign: (key, digest) => signPkcs1(key, 'sha384', digest) },
  RS512: { octets: 64, curve: undefined, sign: (key, digest) => signPkcs1(key, 'sha512', digest) },
  PS256: { octets: 32, curve: undefined, sign: (key, digest) => signPss(key, 'sha256', digest) },
  PS384: { octets: 48, curve: undefined, sign: (key, digest) => signPss(key, 'sha384', digest) },
  PS512: { octets: 64, curve: undefined, sign: (key, digest) => signPss(key, 'sha512', digest) },
  ES256: { octets: 32, curve: 'prime256v1', sign: signEcdsa },
  ES384: { octets: 48, curve: 'secp384r1', sign: signEcdsa },
} as const satisfies Record<
  string,
  {
    readonly octets: number;
    readonly curve: string | undefined;
    readonly sign: (key: KeyObject, digest: Uint8Array) => Uint8Array;
  }
>;

const DECRYPT = {
  RSA1_5: (key, block) => unpad(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, block)),
  'RSA-OAEP': (key, block) =>
    privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, block),
  'RSA-OAEP-256': (key, block) =>
    privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, block),
} as const satisfies Record<string, (key: KeyObject, block: Uint8Array) => Uint8Array>;

export interface KeyStore {
  create(name: string, options: CreateKeyOptions): StoredKey;
  /** @param version the newest when empty. @throws {VaultFault} 404 */
  find(name: string, version: string): StoredKey;
  bundle(name: string, key: StoredKey): unknown;
  /** As a person with the role makes a key, or a new version of one. @returns the bundle. */
  createFrom(name: string, body: Readonly<Record<string, unknown>>): unknown;
  /** All versions, in a form that only the simulator reads. @throws {VaultFault} 404 */
  backup(name: string): unknown;
  /** @returns the bundle of the newest version. @throws {VaultFault} 409 when there is such a key. */
  restore(body: Readonly<Record<string, unknown>>): unknown;
  sign(name: string, version: string, body: Readonly<Record<string, unknown>>): VaultReply;
  decrypt(name: string, version: string, body: Readonly<Record<string, unknown>>): VaultReply;
}

const KEY_KINDS: readonly string[] = ['RSA', 'RSA-HSM', 'EC', 'EC-HSM'] satisfies readonly VaultKeyType[];

const isVaultKeyType = (text: string): text is VaultKeyType => KEY_KINDS.includes(text);

interface KeyBackup {
  readonly name: string;
  readonly versions: StoredKey[];
}

export function createKeyStore({ state, url, now }: KeyStoreOptions): KeyStore {
  const idOf = (name: string, { version }: StoredKey) => `${url()}/keys/${name}/${version}`;

  function find(name: string, version: string): StoredKey {
    const versions = state.keys[name] ?? [];
    const found = version ? versions.find((key) => key.version === version) : versions.at(-1);
    if (!found)
      throw new VaultFault(
        404,
        'KeyNotFound',
        `A key with (name/id) ${name}/${version} was not found in this key vault.`,
      );
    return found;
  }

  function usable(name: string, version: string, operation: string): StoredKey {
    const key = find(name, version);
    if (!key.enabled) throw new VaultFault(403, 'Forbidden', 'Operation is not allowed on a disabled key.');
    if (!key.operations.includes(operation))
      throw new VaultFault(403, 'Forbidden', `Operation ${operation} is not permitted on this key.`);
    return key;
  }

  const store: KeyStore = {
    create(
      name,
      { kty, size = kty.startsWith('RSA') ? 2048 : 'P-256', operations = ['sign', 'verify'], pem },
    ) {
      const key: StoredKey = {
        version: newVersion(),
        kty,
        operations,
        enabled: true,
        created: now(),
        pem: pem ?? generatePem(kty, size),
      };
      (state.keys[name] ??= []).push(key);
      return key;
    },
    find,
    bundle(name, key) {
      const jwk = createPublicKey(privateKeyOf(key)).export({ format: 'jwk' });
      return {
        key: { ...jwk, kid: idOf(name, key), kty: key.kty, key_ops: key.operations },
        attributes: {
          enabled: key.enabled,
          created: key.created,
          updated: key.created,
          recoveryLevel: 'Recoverable',
          recoverableDays: 90,
          exportable: false,
        },
      };
    },
    createFrom(name, body) {
      const kty = textOf(body, 'kty');
      if (!isVaultKeyType(kty)) throw new VaultFault(400, 'BadParameter', `Property kty is invalid: ${kty}.`);
      const { key_size: bits, crv: curve, key_ops: operations } = body;
      const size = typeof bits === 'number' ? bits : curve;
      const made = store.create(name, {
        kty,
        ...(typeof size === 'number' || typeof size === 'string' ? { size } : {}),
        ...(Array.isArray(operations) ? { operations: operations.map(String) } : {}),
      });
      return store.bundle(name, made);
    },
    backup(name) {
      find(name, '');
      const backup: KeyBackup = { name, versions: state.keys[name] ?? [] };
      return { value: encodeBase64Url(Buffer.from(JSON.stringify(backup))) };
    },
    restore(body) {
      const { name, versions } = JSON.parse(octetsOf(body, 'value').toString()) as KeyBackup;
      if (state.keys[name]) throw new VaultFault(409, 'Conflict', `Key ${name} already exists.`);
      state.keys[name] = versions;
      return store.bundle(name, find(name, ''));
    },
    sign(name, version, body) {
      const key = usable(name, version, 'sign');
      const algorithm = textOf(body, 'alg');
      const row = Object.hasOwn(SIGN, algorithm) ? SIGN[algorithm as keyof typeof SIGN] : undefined;
      const digest = octetsOf(body, 'value');
      const privateKey = privateKeyOf(key);
      if (!row || privateKey.asymmetricKeyDetails?.namedCurve !== row.curve)
        throw new VaultFault(400, 'BadParameter', `Algorithm ${algorithm} does not go with this key.`);
      if (digest.length !== row.octets)
        throw new VaultFault(400, 'BadParameter', `Invalid length of 'value': ${digest.length} bytes.`);
      const value = encodeBase64Url(row.sign(privateKey, digest));
      return { status: 200, body: { kid: idOf(name, key), value } };
    },
    decrypt(name, version, body) {
      const key = usable(name, version, 'decrypt');
      const algorithm = textOf(body, 'alg');
      const open = Object.hasOwn(DECRYPT, algorithm) ? DECRYPT[algorithm as keyof typeof DECRYPT] : undefined;
      if (!open || !key.kty.startsWith('RSA'))
        throw new VaultFault(400, 'BadParameter', `Algorithm ${algorithm} does not go with this key.`);
      try {
        const value = encodeBase64Url(open(privateKeyOf(key), octetsOf(body, 'value')));
        return { status: 200, body: { kid: idOf(name, key), value } };
      } catch {
        throw new VaultFault(400, 'BadParameter', 'The parameter is incorrect.');
      }
    },
  };
  return store;
}

/** RSAES-PKCS1-v1_5 as somebody writes it who is asked for an error. */
function unpad(block: Uint8Array): Uint8Array {
  const separator = block.indexOf(0, 2);
  if (block[0] !== 0 || block[1] !== 2 || separator < 10) throw new RangeError('padding');
  return block.subarray(separator + 1);
}
