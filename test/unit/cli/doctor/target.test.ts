import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../../../cli/doctor/target.js';

const BASE = 'https://skep.example';

describe('the target of an examination', () => {
  it.each([
    ['https://skep.example', `${BASE}/certsrv/mscep/mscep.dll`, `${BASE}/static`, BASE],
    ['https://skep.example/', `${BASE}/certsrv/mscep/mscep.dll`, `${BASE}/static`, BASE],
    [
      `${BASE}/certsrv/mscep/mscep.dll/pkiclient.exe`,
      `${BASE}/certsrv/mscep/mscep.dll`,
      `${BASE}/static`,
      BASE,
    ],
    [`${BASE}/CertSrv/mscep/mscep.dll/`, `${BASE}/CertSrv/mscep/mscep.dll`, `${BASE}/static`, BASE],
    [`${BASE}/static`, `${BASE}/static`, `${BASE}/static`, BASE],
    [`${BASE}/scep/kiosk`, `${BASE}/scep/kiosk`, `${BASE}/scep/kiosk`, BASE],
    [`${BASE}/pki/scep/kiosk`, `${BASE}/pki/scep/kiosk`, `${BASE}/pki/scep/kiosk`, `${BASE}/pki`],
  ])('%s', (text, scepUrl, staticUrl, appUrl) => {
    expect(parseTarget(text)).toMatchObject({ scepUrl, staticUrl, appUrl, secure: true, local: false });
  });

  it('looks for OCSP and CRL where certificates say: plain HTTP on the same host', () => {
    expect(parseTarget('https://skep.example:8443/static').publicUrl).toBe('http://skep.example');
    expect(parseTarget('http://127.0.0.1:7071/static').publicUrl).toBe('http://127.0.0.1:7071');
    expect(parseTarget(BASE, 'http://pki.example/').publicUrl).toBe('http://pki.example');
  });

  it.each([
    'skep.example',
    'ftp://skep.example',
    'https://u@skep.example',
    `${BASE}/static?a=b`,
    `${BASE}/#x`,
    '',
  ])('refuses %j as wrong usage', (text) => {
    expect(() => parseTarget(text)).toThrow(expect.objectContaining({ code: 'ERR_USAGE', exitCode: 2 }));
  });

  it.each(['http://localhost/static', 'http://127.0.0.1:7071', 'http://[::1]/static'])(
    '%s is local',
    (text) => {
      expect(parseTarget(text)).toMatchObject({ local: true, secure: false });
    },
  );
});
