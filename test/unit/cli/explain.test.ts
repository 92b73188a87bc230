import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../../lib/base/error-codes.js';
import { formatHresult, HRESULTS, signedHresult } from '../../../lib/base/hresults.js';
import { RESULT_CODES } from '../../../lib/intune/result-codes.js';
import { explain, parseHresult } from '../../../cli/explain/explain.js';
import { runSkep } from './run-cli.js';

describe('skep explain', () => {
  it.each([
    '0x8010002c',
    '0X8010002C',
    '8010002C',
    '-2146435028',
    '2148532268',
    'SCARD_E_NO_SUCH_CERTIFICATE',
  ])('knows %s in every form', async (code) => {
    const { exitCode, out } = await runSkep(['explain', code]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^0x8010002C SCARD_E_NO_SUCH_CERTIFICATE\n/);
    expect(out).toMatch(/1\. No RSA certificate of GetCACert.*\[skep doctor: ra-key-usage\]/);
  });

  it('computes the HTTP family', async () => {
    const { out } = await runSkep(['explain', '-2145844844']);
    expect(out).toMatch(/^0x80190194\nHTTP 404\. /);
    expect(explain('0x801901AD')?.means).toContain('HTTP 429');
    expect(explain('0x801902BC')?.means).toBe(
      'HTTP 700. The server answers with this status in place of SCEP.',
    );
  });

  it('knows every row of every table, and what goes with it', () => {
    for (const [name, { code }] of Object.entries(HRESULTS)) {
      expect(explain(formatHresult(code))?.name).toBe(name);
      expect(explain(String(signedHresult(code)))?.name).toBe(name);
    }
    for (const code of Object.keys(ERRORS)) expect(explain(code.toLowerCase())?.kind).toBe('error');
    for (const code of Object.keys(RESULT_CODES)) expect(explain(code)?.kind).toBe('intune');
    expect(explain('0x80094811')?.also.join()).toContain('ERR_KEY_SIZE');
    expect(explain('aadsts500011')?.causes[0]?.cause).toContain('two: https://api.manage.microsoft.com//');
  });

  it('names the code under which the log has what Intune answered', () => {
    expect(explain('ChallengeExpired')?.also).toEqual([
      'ERR_INTUNE_EXPIRED in the log, with this code as its detail',
    ]);
    expect(explain('subjectnamemismatch')?.also.join()).toContain('ERR_INTUNE_REFUSED');
    expect(explain('Success')?.also).toEqual([]);
  });

  it('has a cause or a remedy for every HRESULT that is an error', () => {
    const bare = Object.values(HRESULTS).filter(
      ({ code }) => explain(formatHresult(code))?.causes.length === 0,
    );
    expect(bare).toEqual([]);
  });

  it('says that 0x2AB0003 is no error', () => {
    expect(explain('0x2AB0003')?.means).toMatch(/^No error/);
  });

  it.each([
    'banana',
    '',
    '0x',
    '0x123456789',
    '99999999999',
    '-2147483649',
    'AADSTS1',
    'AADSTSconstructor',
    'toString',
  ])('does not know %j, and says so', async (code) => {
    expect(explain(code)).toBeUndefined();
    const { exitCode, out, err } = await runSkep(['explain', '--json', '--', code]);
    expect([exitCode, err]).toEqual([1, '']);
    expect(JSON.parse(out)).toMatchObject({ status: 'error', code: 'ERR_UNKNOWN_CODE' });
  });

  it('tells what the bits of an unknown HRESULT tell', async () => {
    const { err, exitCode } = await runSkep(['explain', '0x80091234']);
    expect(exitCode).toBe(1);
    expect(err).toContain('a failure, from the keys and certificates of Windows');
    expect(err).toContain('certutil -error');
  });

  it('reads numbers exactly', () => {
    expect(parseHresult('-1')).toBe(0xffffffff);
    expect(parseHresult('4294967295')).toBe(0xffffffff);
    expect(parseHresult('4294967296')).toBeUndefined();
    expect(parseHresult('80190194')).toBe(0x80190194);
  });
});
