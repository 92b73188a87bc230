import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode } from '../../../lib/base/error-codes.js';
import { failRow } from '../../../lib/scep/fail-info.js';

const CODES = Object.keys(ERRORS) as ErrorCode[];

describe('failRow', () => {
  it.each([
    ['ERR_SCEP_ALGORITHM', 'badAlg'],
    ['ERR_KEY_ALGORITHM', 'badAlg'],
    ['ERR_SCEP_SIGNATURE', 'badMessageCheck'],
    ['ERR_CERT_UNKNOWN', 'badCertId'],
    ['ERR_SCEP_RECIPIENT', 'badRequest'],
    ['ERR_CHALLENGE_WRONG', 'badRequest'],
    ['ERR_LINT', 'badRequest'],
  ] as const)('%s is told as %s', (code, failInfo) => {
    expect(failRow(code).failInfo).toBe(failInfo);
  });

  it('an outage, a gap in the setup and a fault of ours are no verdict', () => {
    const unsaid = CODES.filter((code) => !failRow(code).failInfo);
    const expected = CODES.filter(
      (code) => ['outage', 'setup', 'fault'].includes(ERRORS[code].kind) && code !== 'ERR_LINT',
    );
    expect(unsaid).toEqual(expected);
  });

  it('everything behind the encryption, up to the device’s own signature, has one row', () => {
    const row = failRow('ERR_SCEP_UNDECRYPTABLE');
    expect(row.failInfo).toBe('badRequest');
    for (const code of ['ERR_CSR_MALFORMED', 'ERR_CSR_AMBIGUOUS', 'ERR_CSR_SIGNATURE'] as const) {
      expect(failRow(code)).toEqual(row);
    }
  });

  it.each(CODES)('%s says no more than it must', (code) => {
    const { text } = failRow(code);
    expect(text).not.toContain(ERRORS[code].means);
    expect(text).not.toMatch(/challenge|intune|subject|usage/i);
  });
});
