/** What every Decrypter does: it opens what was encrypted to it, and never tells a damaged envelope from a whole one. */
import { constants, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Decrypter, KeyTransport } from '../../../lib/keys/decrypter.js';

interface Opened {
  readonly decrypter: Decrypter;
  readonly publicKey: KeyObject;
}

const SEAL: Record<KeyTransport, (key: KeyObject, content: Uint8Array) => Uint8Array> = {
  pkcs1: (key, content) => publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, content),
  'oaep-sha1': (key, content) =>
    publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, content),
  'oaep-sha256': (key, content) =>
    publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, content),
};

const TRANSPORTS = Object.keys(SEAL) as KeyTransport[];
const raw = (key: KeyObject, block: Uint8Array) =>
  publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);

/**
 * @param open gives a decrypter with its RSA-2048 public key; called once per test.
 */
export function decrypterContract(name: string, open: () => Promise<Opened>): void {
  describe.each(TRANSPORTS)(`decrypter: ${name}: %s`, (transport) => {
    it.each([8, 16, 24, 32])('opens a key of %i octets', async (length) => {
      const { decrypter, publicKey } = await open();
      const key = randomBytes(length);
      const sealed = SEAL[transport](publicKey, key);
      expect(Buffer.from(await decrypter.unwrap(sealed, transport, length))).toEqual(key);
    });

    it('answers damaged input with a key of the right length: the same for the same, another for another', async () => {
      const { decrypter, publicKey } = await open();
      const key = randomBytes(16);
      const seen = new Set<string>();
      const rounds = 12;
      for (let i = 0; i < rounds; i++) {
        const sealed = Uint8Array.from(SEAL[transport](publicKey, key));
        sealed[100 + i] = (sealed[100 + i] ?? 0) ^ 1;
        const first = await decrypter.unwrap(sealed, transport, 16);
        const second = await decrypter.unwrap(sealed, transport, 16);
        expect(first).toHaveLength(16);
        expect(Buffer.from(second)).toEqual(Buffer.from(first));
        expect(Buffer.from(first)).not.toEqual(key);
        seen.add(Buffer.from(first).toString('hex'));
      }
      expect(seen.size).toBe(rounds);
    });

    it('substitutes a key of another length than the cipher wants', async () => {
      const { decrypter, publicKey } = await open();
      const key = randomBytes(24);
      const opened = await decrypter.unwrap(SEAL[transport](publicKey, key), transport, 16);
      expect(opened).toHaveLength(16);
      expect(key.includes(Buffer.from(opened))).toBe(false);
    });

    it.each([0, 1, 128, 255, 257, 4096])('substitutes for an input of %i octets', async (size) => {
      const { decrypter } = await open();
      const input = Buffer.alloc(size, 0x5a);
      const opened = await decrypter.unwrap(input, transport, 32);
      expect(opened).toHaveLength(32);
      expect(Buffer.from(await decrypter.unwrap(input, transport, 32))).toEqual(Buffer.from(opened));
    });

    it('substitutes for a number that is not below the modulus', async () => {
      const { decrypter } = await open();
      expect(await decrypter.unwrap(Buffer.alloc(256, 0xff), transport, 32)).toHaveLength(32);
    });
  });

  describe(`decrypter: ${name}: PKCS#1 padding`, () => {
    const key = Buffer.alloc(16, 0xa7);
    const block = (change: (block: Buffer) => void) => {
      const padded = Buffer.concat([
        Uint8Array.of(0, 2),
        Buffer.alloc(256 - 3 - 16, 0xff),
        Uint8Array.of(0),
        key,
      ]);
      change(padded);
      return padded;
    };

    it('opens the block that the damaged ones are made from', async () => {
      const { decrypter, publicKey } = await open();
      const sealed = raw(
        publicKey,
        block(() => undefined),
      );
      expect(Buffer.from(await decrypter.unwrap(sealed, 'pkcs1', 16))).toEqual(key);
    });

    it.each([
      ['a first octet that is not zero', (b: Buffer) => b.writeUInt8(1, 0)],
      ['block type 1', (b: Buffer) => b.writeUInt8(1, 1)],
      ['a zero in the first padding octet', (b: Buffer) => b.writeUInt8(0, 2)],
      ['a zero in the last padding octet', (b: Buffer) => b.writeUInt8(0, 238)],
      ['no separator', (b: Buffer) => b.writeUInt8(0xff, 239)],
      ['a separator of one low bit', (b: Buffer) => b.writeUInt8(1, 239)],
      ['a separator of one high bit', (b: Buffer) => b.writeUInt8(0x80, 239)],
    ])('substitutes for %s', async (_, change) => {
      const { decrypter, publicKey } = await open();
      const opened = await decrypter.unwrap(raw(publicKey, block(change)), 'pkcs1', 16);
      expect(opened).toHaveLength(16);
      expect(Buffer.from(opened)).not.toEqual(key);
    });
  });
}
