import { expect, it } from 'vitest';
import { lookUpResultCode, RESULT_CODES } from '../../../lib/intune/result-codes.js';

it('knows the 25 published codes and the one that is not', () => {
  expect(Object.keys(RESULT_CODES)).toHaveLength(26);
  expect(lookUpResultCode('BadTenantIdInChallenge')?.severity).toBe('security');
  expect(lookUpResultCode('KeyLengthMismatch')?.failInfo).toBe('badAlg');
  expect(lookUpResultCode('SignatureValidationFailed')?.failInfo).toBe('badMessageCheck');
});

it.each(['NewCode', 'success', 'toString', '__proto__', ''])('does not know %j', (code) => {
  expect(lookUpResultCode(code)).toBeUndefined();
});
