import { expect, it } from 'vitest';
import { HRESULTS } from '../../../lib/intune/hresults.js';

it('has a negative 32-bit value for every code', () => {
  for (const value of Object.values(HRESULTS)) {
    expect(Buffer.from(Int32Array.of(value).buffer).readInt32LE()).toBe(value);
    expect(value).toBeLessThan(0);
  }
});

it('says what Windows says', () => {
  expect(HRESULTS.ERR_INTERNAL).toBe(-2147467259);
  expect((HRESULTS.ERR_KEY_SIZE >>> 0).toString(16)).toBe('80094811');
  expect((HRESULTS.ERR_SIGNER_UNAVAILABLE >>> 0).toString(16)).toBe('800706ba');
});
