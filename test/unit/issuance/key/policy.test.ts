import { checkPrimeSync, generateKeyPairSync, generatePrimeSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { assertKey } from '../../../../lib/issuance/key/policy.js';
import { SMALL_PRIMES, residues } from '../../../../lib/issuance/key/residues.js';
import { bitString, encode, NULL, oid, readWhole, sequence, TAG } from '../../../../lib/pki/der.js';
import { OID } from '../../../../lib/pki/oids.js';
import { readPublicKeyInfo } from '../../../../lib/pki/public-key.js';
import { codeOf, detailOf } from '../../../support/error-code.js';
import { rsaPublicKey, sharedKey, spki } from '../../../support/request-builder.js';

const LIMITS = { rsaBits: { min: 2048, max: 4096 } };

const check =
  (der: Uint8Array, limits = LIMITS) =>
  () => {
    assertKey(readPublicKeyInfo(readWhole(der)), limits);
  };

/** An odd number of this many bits without a factor up to 751. */
function roughNumber(bits: number): bigint {
  for (;;) {
    const candidate = BigInt(`0x${randomBytes(bits / 8).toString('hex')}`) | 1n | (1n << BigInt(bits - 1));
    if (SMALL_PRIMES.every((prime) => candidate % BigInt(prime) !== 0n)) return candidate;
  }
}

describe('the kind of key', () => {
  it('is RSA', () => {
    expect(codeOf(check(spki(sharedKey())))).toBeUndefined();
  });

  it.each([
    ['EC', generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey],
    ['Ed25519', generateKeyPairSync('ed25519').publicKey],
    ['RSASSA-PSS', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey],
  ])('is not %s', (_, key) => {
    expect(codeOf(check(key.export({ format: 'der', type: 'spki' })))).toBe('ERR_KEY_ALGORITHM');
  });

  it('is named with parameters NULL and nothing else', () => {
    const { keyBits } = readPublicKeyInfo(readWhole(spki(sharedKey())));
    for (const identifier of [
      sequence(oid(OID.rsaEncryption)),
      sequence(oid(OID.rsaEncryption), encode(TAG.octetString, Buffer.from('smuggled'))),
      sequence(oid(OID.rsaEncryption), NULL, NULL),
    ]) {
      expect(codeOf(check(sequence(identifier, bitString(keyBits))))).toBe('ERR_KEY_ALGORITHM');
    }
  });
});

describe('the size', () => {
  it.each([
    [2048, undefined],
    [3072, undefined],
    [4096, undefined],
    [1024, 'ERR_KEY_SIZE'],
    [2040, 'ERR_KEY_SIZE'],
    [4104, 'ERR_KEY_SIZE'],
    [16_384, 'ERR_KEY_SIZE'],
  ])('RSA-%i: %s', (bits, code) => {
    expect(codeOf(check(rsaPublicKey(roughNumber(bits))))).toBe(code);
  });

  it('is in whole octets', () => {
    const odd = (roughNumber(2048) << 1n) | 1n;
    expect(detailOf(check(rsaPublicKey(odd)))).toBe('RSA-2049');
  });

  it('follows the profile', () => {
    const key = rsaPublicKey(roughNumber(2048));
    expect(codeOf(check(key, { rsaBits: { min: 3072, max: 4096 } }))).toBe('ERR_KEY_SIZE');
  });
});

describe('the exponent', () => {
  const n = roughNumber(2048);

  it.each([
    [65_537n, undefined],
    [65_539n, undefined],
    [2n ** 256n - 1n, undefined],
    [1n, 'ERR_KEY_WEAK'],
    [3n, 'ERR_KEY_WEAK'],
    [65_535n, 'ERR_KEY_WEAK'],
    [65_538n, 'ERR_KEY_WEAK'],
    [2n ** 256n + 1n, 'ERR_KEY_WEAK'],
    [0n, 'ERR_KEY_WEAK'],
  ])('%i: %s', (exponent, code) => {
    expect(codeOf(check(rsaPublicKey(n, exponent)))).toBe(code);
  });
});

describe('small factors', () => {
  it('knows the odd primes up to 751', () => {
    expect(SMALL_PRIMES).toHaveLength(132);
    expect(SMALL_PRIMES.slice(0, 5)).toEqual([3, 5, 7, 11, 13]);
    expect(SMALL_PRIMES.at(-1)).toBe(751);
  });

  it('computes the remainders that a plain division gives', () => {
    const n = BigInt(`0x${randomBytes(256).toString('hex')}`);
    expect(residues(n)).toEqual(SMALL_PRIMES.map((prime) => Number(n % BigInt(prime))));
  });

  it.each([2n, 3n, 5n, 11n, 397n, 751n])('%i is refused', (factor) => {
    const rest = roughNumber(2048) / factor;
    expect(detailOf(check(rsaPublicKey(rest * factor)))).toBe('small factor');
  });

  it('757 is not looked for', () => {
    const top = 1n << 2047n;
    let cofactor = (top + (top >> 1n)) / 757n;
    while (SMALL_PRIMES.some((prime) => cofactor % BigInt(prime) === 0n) || cofactor % 2n === 0n) cofactor++;
    expect(codeOf(check(rsaPublicKey(cofactor * 757n)))).toBeUndefined();
  });
});

describe('keys of Infineon’s library', () => {
  /** A prime as that library made them for RSA-2048: k·M + (65537^a mod M), M the product of the first 126 primes. */
  function infineonPrime(): bigint {
    const m = SMALL_PRIMES.slice(0, 125).reduce((product, prime) => product * BigInt(prime), 2n);
    let residue = 1n;
    for (let i = randomBytes(2).readUInt16BE() + 1; i > 0; i--) residue = (residue * 65_537n) % m;
    for (let k = (3n << 1022n) / m + BigInt(randomBytes(4).readUInt32BE()); ; k++) {
      const candidate = k * m + residue;
      if (checkPrimeSync(candidate)) return candidate;
    }
  }

  it('are refused', () => {
    const n = infineonPrime() * infineonPrime();
    expect(n.toString(2)).toHaveLength(2048);
    expect(detailOf(check(rsaPublicKey(n)))).toBe('ROCA');
    expect(codeOf(check(rsaPublicKey(n)))).toBe('ERR_KEY_WEAK');
  });
});

describe('close primes', () => {
  it('are refused, a prime and the next', () => {
    const p = generatePrimeSync(1024, { bigint: true });
    let q = p + 2n;
    while (!checkPrimeSync(q)) q += 2n;
    expect(detailOf(check(rsaPublicKey(p * q)))).toBe('close primes');
  });

  it('are refused when they are one', () => {
    const p = roughNumber(1024) | (3n << 1022n);
    const rough = SMALL_PRIMES.every((prime) => p % BigInt(prime) !== 0n);
    expect(detailOf(check(rsaPublicKey(p * p)))).toBe(rough ? 'close primes' : 'small factor');
  });

  /** A modulus that Fermat's method factors in about this many rounds: a² - b² with b² = 2·a·rounds. */
  function fermatModulus(rounds: bigint): bigint {
    for (;;) {
      const a = roughNumber(1024) | (3n << 1022n);
      let b = root(2n * a * rounds);
      if ((a + b) % 2n === 0n) b++;
      const n = (a - b) * (a + b);
      if (SMALL_PRIMES.every((prime) => n % BigInt(prime) !== 0n)) return n;
    }
  }

  function root(value: bigint): bigint {
    let low = 0n;
    let high = value;
    while (low < high) {
      const middle = (low + high + 1n) >> 1n;
      if (middle * middle <= value) low = middle;
      else high = middle - 1n;
    }
    return low;
  }

  it.each([
    [1n, 'ERR_KEY_WEAK'],
    [50n, 'ERR_KEY_WEAK'],
    [98n, 'ERR_KEY_WEAK'],
    [103n, undefined],
  ])('%i rounds away: %s', (rounds, code) => {
    expect(codeOf(check(rsaPublicKey(fermatModulus(rounds))))).toBe(code);
  });
});
