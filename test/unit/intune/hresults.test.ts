import { expect, it } from 'vitest';
import { ERRORS, type ErrorCode } from '../../../lib/base/error-codes.js';
import { formatHresult } from '../../../lib/base/hresults.js';
import { reportedHresult, shownHresult } from '../../../lib/intune/hresults.js';

it('has a negative 32-bit value for every code', () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const value = reportedHresult(code);
    expect(Buffer.from(Int32Array.of(value).buffer).readInt32LE()).toBe(value);
    expect(value).toBeLessThan(0);
  }
});

it('says what Windows says', () => {
  expect(reportedHresult('ERR_INTERNAL')).toBe(-2147467259);
  expect(formatHresult(shownHresult('ERR_KEY_SIZE'))).toBe('0x80094811');
  expect(formatHresult(shownHresult('ERR_SIGNER_UNAVAILABLE'))).toBe('0x800706BA');
});
