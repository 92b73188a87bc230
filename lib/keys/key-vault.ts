/** @module A key in Azure Key Vault as a Signer, and as a Decrypter where the RA key stays in the vault. */
import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { CryptographyClient, KeyVaultKey } from '@azure/keyvault-keys';
import { view } from '../base/bytes.js';
import type { Clock } from '../base/clock.js';
import { SkepError } from '../base/errors.js';
import type { RandomBytes } from '../base/random.js';
import { SIGNATURES } from '../pki/algorithms.js';
import { integer, sequence } from '../pki/der.js';
import type { Decrypter, KeyTransport } from './decrypter.js';
import { letFirstGoAlone } from './first-alone.js';
import { createSubstitute } from './implicit-rejection.js';
import { KEY_TYPES, keyTypeOf, signatureAlgorithmsOf } from './key-types.js';
import { signatureIdOf } from './signature-id.js';
import type { SignatureAlgorithm, Signer } from './signer.js';
import { createThrottle, type Throttle, type Wait } from './throttle.js';
import {
  callVault,
  createCryptographyClient,
  createKeyClient,
  type VaultConnection,
} from './vault-connection.js';

export interface VaultKeyOptions {
  readonly connection: VaultConnection;
  readonly name: string;
  /** Default: the newest version at the time of opening. */
  readonly version?: string;
  /**
   * The part of Key Vault's published limit that this process may use, above 0 up to 1; default 0.8. Every instance
   * counts for itself, so where several run, what the vault refuses is honoured too.
   */
  readonly share?: number;
  /** Milliseconds to wait for a turn; default 2000. */
  readonly maxWaitMs?: number;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly wait: Wait;
}

export interface VaultKey {
  /** With the version: what every operation names. */
  readonly id: string;
  readonly version: string;
  /** What the key itself permits, whoever asks: `sign`, `verify`, … */
  readonly operations: readonly string[];
  /** Whether an HSM holds it. */
  readonly hsm: boolean;
  readonly signer: Signer;
  /** RSA only; throws `ERR_CONFIG` otherwise. */
  createDecrypter(): Decrypter;
}

const SHARE = 0.8;
/** An attempt that found nobody is made once more, after a moment. */
const ATTEMPTS = 2;
const RETRY_MS = 200;

/**
 * Fetches the public key, once; afterwards a signature is one request.
 * @throws {SkepError} `ERR_SIGNER_UNAVAILABLE`, `ERR_SIGNER_THROTTLED`, `ERR_SIGNER_REFUSED` (also for a key that is
 *   missing or disabled), `ERR_CONFIG` for a kind of key that cannot be a CA.
 */
export async function openVaultKey(options: VaultKeyOptions): Promise<VaultKey> {
  const { connection, name, version, share = SHARE, maxWaitMs, clock, random, wait } = options;
  const keys = await createKeyClient(connection);
  const key = await callVault(connection, 'get key', (call) =>
    keys.getKey(name, { ...call, ...(version ? { version } : {}) }),
  );
  const publicKey = importVaultKey(key);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const limit = vaultLimit(spki, key) * share;
  const throttle = createThrottle({ limit, clock, wait, ...(maxWaitMs === undefined ? {} : { maxWaitMs }) });
  const client = await createCryptographyClient(connection, key);
  const afterFirst = letFirstGoAlone();
  const operate = <T>(operation: string, call: Operation<T>): Promise<T> =>
    runOperation({ connection, throttle, wait, client, afterFirst }, operation, call);
  return {
    id: key.id ?? '',
    version: key.properties.version ?? '',
    operations: key.keyOperations ?? [],
    hsm: isHsm(key),
    signer: createVaultSigner(publicKey, spki, operate),
    createDecrypter: () => createVaultDecrypter(publicKey, random, operate),
  };
}

type Operation<T> = (client: CryptographyClient, call: { readonly abortSignal: AbortSignal }) => Promise<T>;
type Operate = <T>(operation: string, call: Operation<T>) => Promise<T>;

interface OperationSurroundings {
  readonly connection: VaultConnection;
  readonly client: CryptographyClient;
  readonly throttle: Throttle;
  readonly wait: Wait;
  readonly afterFirst: ReturnType<typeof letFirstGoAlone>;
}

async function runOperation<T>(
  surroundings: OperationSurroundings,
  operation: string,
  call: Operation<T>,
): Promise<T> {
  const { throttle, wait } = surroundings;
  for (let attempt = 1; ; attempt++) {
    try {
      return await throttle.run(() => callAndHeed(surroundings, operation, call));
    } catch (thrown) {
      const again = thrown instanceof SkepError && thrown.code === 'ERR_SIGNER_UNAVAILABLE';
      if (!again || attempt === ATTEMPTS) throw thrown;
      await wait(RETRY_MS);
    }
  }
}

/** A 429 of the vault holds back those who come next. */
async function callAndHeed<T>(
  { connection, client, throttle, afterFirst }: OperationSurroundings,
  operation: string,
  call: Operation<T>,
): Promise<T> {
  try {
    return await afterFirst(() => callVault(connection, operation, (options) => call(client, options)));
  } catch (thrown) {
    if (thrown instanceof SkepError && thrown.retryAfterSeconds) throttle.pause(thrown.retryAfterSeconds);
    throw thrown;
  }
}

function createVaultSigner(publicKey: KeyObject, spki: Uint8Array, operate: Operate): Signer {
  const [first, ...others] = signatureAlgorithmsOf(publicKey);
  const algorithms = [first, ...others.filter((name) => name !== 'RS1')] as const;
  return {
    publicKey: spki,
    algorithms,
    async sign(data, algorithm) {
      if (algorithm === 'RS1' || !algorithms.includes(algorithm))
        throw new SkepError('ERR_SIGNER_REFUSED', { detail: `the key does not sign with ${algorithm}` });
      const digest = createHash(SIGNATURES[algorithm].hash).update(data).digest();
      const id = signatureIdOf(createHash('sha256').update(data).digest('hex'));
      const requestOptions = { headers: { 'x-ms-client-request-id': id } };
      const { result } = await operate('sign', (client, call) =>
        client.sign(algorithm, digest, { ...call, requestOptions }),
      );
      return toX509Signature(result, algorithm);
    },
  };
}

/** Key Vault gives ECDSA as r and s side by side; X.509 wants ECDSA-Sig-Value (RFC 3279 section 2.2.3). */
function toX509Signature(signature: Uint8Array, algorithm: SignatureAlgorithm): Uint8Array {
  if (SIGNATURES[algorithm].keyType === 'rsa') return signature;
  const half = signature.length / 2;
  return sequence(integer(signature.subarray(0, half)), integer(signature.subarray(half)));
}

const VAULT_TRANSPORTS = {
  pkcs1: 'RSA1_5',
  'oaep-sha1': 'RSA-OAEP',
  'oaep-sha256': 'RSA-OAEP-256',
} as const satisfies Record<KeyTransport, string>;

function createVaultDecrypter(publicKey: KeyObject, random: RandomBytes, operate: Operate): Decrypter {
  if (publicKey.asymmetricKeyType !== 'rsa')
    throw new SkepError('ERR_CONFIG', { detail: 'SCEP messages can be encrypted to an RSA key only' });
  const substitute = createSubstitute(random(32));
  const modulusOctets = (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  return {
    async unwrap(encryptedKey, transport, length) {
      if (encryptedKey.length !== modulusOctets) return substitute(encryptedKey, length);
      const algorithm = VAULT_TRANSPORTS[transport];
      const opened = await operate('decrypt', async (client, call) => {
        try {
          return (await client.decrypt({ algorithm, ciphertext: encryptedKey }, call)).result;
        } catch (thrown) {
          if (isBadRequest(thrown)) return undefined;
          throw thrown;
        }
      });
      return opened?.length === length ? opened : substitute(encryptedKey, length);
    },
  };
}

/** What Key Vault says to a wrong padding. Everything else keeps its meaning. */
const isBadRequest = (thrown: unknown): boolean =>
  thrown instanceof Error && 'statusCode' in thrown && thrown.statusCode === 400;

/** Keys in HSMs have names of their own for the same types. */
function importVaultKey({ key, name }: KeyVaultKey): KeyObject {
  const { kty = '', crv, n, e, x, y } = key ?? {};
  const text = (octets: Uint8Array | undefined) => (octets ? view(octets).toString('base64url') : '');
  const jwk: JsonWebKey = kty.startsWith('EC')
    ? { kty: 'EC', crv: crv ?? '', x: text(x), y: text(y) }
    : { kty: 'RSA', n: text(n), e: text(e) };
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch (cause) {
    throw new SkepError('ERR_CONFIG', { detail: `the vault key ${name} is of type ${kty}`, cause });
  }
}

/** Operations in ten seconds, by the type of the key and whether an HSM holds it. */
function vaultLimit(publicKey: Uint8Array, key: KeyVaultKey): number {
  const { vaultOperations } = KEY_TYPES[keyTypeOf(publicKey) ?? 'RSA-4096'];
  return isHsm(key) ? vaultOperations.hsm : vaultOperations.software;
}

const isHsm = ({ keyType }: KeyVaultKey): boolean => keyType?.endsWith('-HSM') ?? false;
