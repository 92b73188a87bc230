import { beforeAll, describe, expect, it } from 'vitest';
import type { KeyObject } from 'node:crypto';
import {
  chooseKeyProvider,
  findRegisteredKey,
  keyIdentifier,
  KeyProviderError,
} from '../../../dev/devices/key-providers.js';
import { generateRsaKey } from '../../../dev/scep-client/index.js';

let key: KeyObject;
beforeAll(async () => {
  key = await generateRsaKey();
});

const hresult = (act: () => unknown): number | undefined => {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof KeyProviderError) return thrown.hresult;
    throw thrown;
  }
  return undefined;
};

describe('the key provider', () => {
  it.each([
    [1, 2048, true, 'tpm'],
    [2, 2048, true, 'tpm'],
    [2, 2048, false, 'software'],
    [2, 4096, true, 'software'],
    [3, 4096, true, 'software'],
    [4, 2048, false, 'hello'],
  ] as const)('for KeyProtection %d, %d bits, TPM %s is %s', (keyProtection, keyLength, hasTpm, provider) => {
    const wish = { keyProtection, keyLength, keyIdentifiers: [] };
    expect(chooseKeyProvider(wish, { hasTpm, registeredKeys: [] })).toBe(provider);
  });

  it.each([
    [1, 2048, false, 0x8028400f],
    [1, 4096, true, 0x80090029],
    [4, 4096, true, 0x80090029],
  ] as const)('refuses KeyProtection %d, %d bits, TPM %s', (keyProtection, keyLength, hasTpm, code) => {
    const wish = { keyProtection, keyLength, keyIdentifiers: [] };
    expect(hresult(() => chooseKeyProvider(wish, { hasTpm, registeredKeys: [] }))).toBe(code);
  });

  it('finds a registered key by its identifier', () => {
    const wish = { keyProtection: 4, keyLength: 2048 };
    const hardware = { hasTpm: true, registeredKeys: [key] };
    expect(findRegisteredKey({ ...wish, keyIdentifiers: ['00', keyIdentifier(key)] }, hardware)).toBe(key);
    expect(findRegisteredKey({ ...wish, keyIdentifiers: [] }, hardware)).toBe(key);
    expect(hresult(() => findRegisteredKey({ ...wish, keyIdentifiers: ['00'] }, hardware))).toBe(0x8009000d);
  });
});
