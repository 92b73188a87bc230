import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  CONTENT_CIPHERS,
  contentCipherByOid,
  decryptContent,
  encryptContent,
  type ContentCipherName,
} from '../../../lib/scep/content-ciphers.js';
import { codeOf } from '../../support/error-code.js';

const NAMES = Object.keys(CONTENT_CIPHERS) as ContentCipherName[];

describe.each(NAMES)('%s', (name) => {
  const { oid, keyLength, blockLength, legacy } = CONTENT_CIPHERS[name];
  const key = randomBytes(keyLength);
  const iv = randomBytes(blockLength);

  it('is known by its identifier', () => {
    expect(contentCipherByOid(oid, true)).toBe(name);
    expect(codeOf(() => contentCipherByOid(oid, false))).toBe(legacy ? 'ERR_SCEP_ALGORITHM' : undefined);
  });

  it.each([0, 1, blockLength - 1, blockLength, blockLength + 1, 1000])(
    'opens what it sealed: %i octets',
    (length) => {
      const plain = randomBytes(length);
      const sealed = encryptContent(name, key, iv, plain);
      expect(sealed.length % blockLength).toBe(0);
      expect(sealed.length).toBeGreaterThan(length);
      expect(Buffer.from(decryptContent(name, key, iv, sealed))).toEqual(plain);
    },
  );

  it('does not tell a wrong padding: the octets come back as they are', () => {
    const seal = (block: Uint8Array) => {
      const cipherKey = name === 'des' ? Buffer.concat([key, key, key]) : key;
      const cipher = createCipheriv(CONTENT_CIPHERS[name].algorithm, cipherKey, iv).setAutoPadding(false);
      return Buffer.concat([cipher.update(block), cipher.final()]);
    };
    for (const last of [[0], [blockLength + 1], [255], [2, 3, 3], [1, 2]]) {
      const block = Buffer.concat([Buffer.alloc(2 * blockLength - last.length, 0xaa), Buffer.from(last)]);
      expect(Buffer.from(decryptContent(name, key, iv, seal(block)))).toEqual(block);
    }
    const full = Buffer.alloc(blockLength, blockLength);
    expect(decryptContent(name, key, iv, seal(full))).toHaveLength(0);
  });
});

it('single DES is triple DES with one key, as openssl has it', () => {
  const key = randomBytes(8);
  const iv = randomBytes(8);
  const decipher = createDecipheriv('des-ede3-cbc', Buffer.concat([key, key, key]), iv);
  const sealed = encryptContent('des', key, iv, Buffer.from('hello'));
  expect(Buffer.concat([decipher.update(sealed), decipher.final()]).toString()).toBe('hello');
});

it.each(['1.2.840.113549.3.2', '2.16.840.1.101.3.4.1.6', '1.2.3'])('%s is no cipher here', (oid) => {
  expect(codeOf(() => contentCipherByOid(oid, true))).toBe('ERR_SCEP_ALGORITHM');
});
