import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../lib/base/bytes.js';
import { parseCrl } from '../../../lib/pki/crl-reader.js';
import {
  cRLNumber,
  deltaCRLIndicator,
  encodeCrlEntry,
  encodeTbsCertList,
  freshestCRL,
  REMOVE_FROM_CRL,
} from '../../../lib/pki/crl.js';
import { encodeName } from '../../../lib/pki/name.js';
import { encodePem } from '../../../lib/pki/pem.js';
import { encodeSigned } from '../../../lib/pki/tbs-certificate.js';
import { openssl } from '../../support/openssl.js';

const AT = new Date('2026-03-01T02:03:04.999Z');
const UTC_HEX = `170D${Buffer.from('260301020304Z').toString('hex').toUpperCase()}`;

const list = (entries: readonly Uint8Array[], extensions: readonly Uint8Array[]) =>
  encodeSigned(
    encodeTbsCertList({
      signature: 'ES256',
      issuer: encodeName('CN=Skep'),
      thisUpdate: AT,
      nextUpdate: new Date('2051-01-01T00:00:00Z'),
      entries,
      extensions,
    }),
    'ES256',
    fromHex('3006020101020101'),
  );

describe('a CRL entry', () => {
  it('has a minimal, positive serial number, the second and the reason', () => {
    const entry = encodeCrlEntry({ serialNumber: fromHex('00004F01'), revokedAt: AT, reason: 1 });
    expect(toHex(entry)).toBe(`3021` + `02024F01` + UTC_HEX + `300C300A0603551D1504030A0101`);
    const high = encodeCrlEntry({ serialNumber: fromHex('FF'), revokedAt: AT, reason: REMOVE_FROM_CRL });
    expect(toHex(high)).toBe(`3021` + `020200FF` + UTC_HEX + `300C300A0603551D1504030A0108`);
  });

  it('leaves the reason out when it is unspecified', () => {
    const entry = encodeCrlEntry({ serialNumber: fromHex('4F'), revokedAt: AT, reason: 0 });
    expect(toHex(entry)).toBe(`3012` + `02014F` + UTC_HEX);
  });
});

describe('a CRL', () => {
  it('has no list of entries when nothing is revoked', () => {
    const text = openssl(['crl', '-inform', 'DER', '-noout', '-text'], list([], [cRLNumber(1)]));
    expect(text).toContain('No Revoked Certificates.');
    expect(text).toContain('Version 2 (0x1)');
    expect(toHex(cRLNumber(1_772_330_584_999))).toBe('300F0603551D1404080206019CA7228BA7');
    expect([...parseCrl(list([], [cRLNumber(1)])).entries()]).toEqual([]);
  });

  it('is read by openssl: times on both sides of 2050, entries, number, delta indicator, freshest CRL', () => {
    const entries = [
      encodeCrlEntry({ serialNumber: fromHex('4F01'), revokedAt: AT, reason: 6 }),
      encodeCrlEntry({ serialNumber: fromHex('C0'), revokedAt: AT, reason: 0 }),
    ];
    const extensions = [cRLNumber(300), deltaCRLIndicator(299), freshestCRL('http://skep.test/delta.crl')];
    const text = openssl(['crl', '-inform', 'DER', '-noout', '-text'], list(entries, extensions));
    expect(text).toMatch(/Last Update: Mar {2}1 02:03:04 2026 GMT\s+Next Update: Jan {2}1 00:00:00 2051 GMT/);
    expect(text).toMatch(
      /Serial Number: 4F01\s+Revocation Date: Mar {2}1 02:03:04 2026 GMT\s+CRL entry ext.*\s+.*Reason Code:\s+Certificate Hold/,
    );
    expect(text).toMatch(/Serial Number: C0\s+Revocation Date: Mar {2}1 02:03:04 2026 GMT\s+Signature/);
    expect(text).toMatch(/CRL Number:\s+300/);
    expect(text).toMatch(/Delta CRL Indicator: critical\s+299/);
    expect(text).toMatch(/Freshest CRL:\s+Full Name:\s+URI:http:\/\/skep\.test\/delta\.crl/);
  });

  it('reads what it wrote', () => {
    const entries = [
      encodeCrlEntry({ serialNumber: fromHex('4F01'), revokedAt: AT, reason: 6 }),
      encodeCrlEntry({ serialNumber: fromHex('C0'), revokedAt: AT, reason: 0 }),
    ];
    const read = parseCrl(list(entries, [cRLNumber(1_772_330_584_999), deltaCRLIndicator(299)]));
    expect(read).toMatchObject({
      number: 1_772_330_584_999,
      baseNumber: 299,
      thisUpdate: new Date('2026-03-01T02:03:04Z'),
      nextUpdate: new Date('2051-01-01T00:00:00Z'),
    });
    expect([...read.entries()]).toEqual([
      { serialNumber: '4F01', reason: 6 },
      { serialNumber: '00C0', reason: 0 },
    ]);
  });

  it('without a number is none of ours', () => {
    expect(() => parseCrl(list([], []))).toThrow(expect.objectContaining({ code: 'ERR_DER' }) as unknown);
  });
});

describe('PEM', () => {
  it('has lines of 64 characters and reads back', () => {
    for (const length of [1, 47, 48, 49, 96, 200]) {
      const der = Buffer.alloc(length, length);
      const [first, ...rest] = encodePem('X509 CRL', der).trimEnd().split('\n');
      expect(first).toBe('-----BEGIN X509 CRL-----');
      expect(rest.pop()).toBe('-----END X509 CRL-----');
      expect(rest.every((line) => line.length > 0 && line.length <= 64)).toBe(true);
      expect(Buffer.from(rest.join(''), 'base64')).toEqual(der);
    }
  });
});
