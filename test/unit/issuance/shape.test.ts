import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../lib/base/bytes.js';
import type { IssuingAuthority } from '../../../lib/issuance/issuer.js';
import { assembleCertificate } from '../../../lib/issuance/seal.js';
import { parseCertificate } from '../../../lib/pki/certificate.js';
import { extendedKeyUsage, extension, keyIdentifier, keyUsage } from '../../../lib/pki/extensions.js';
import { sequence, setOf, oid, printableString, utf8String, encode, TAG } from '../../../lib/pki/der.js';
import { OID } from '../../../lib/pki/oids.js';
import { ISSUER, NOW, shapeFrom, signByIssuer, type RuleInput } from '../../support/issuance.js';
import { certificateText, opensslVerify } from '../../support/openssl.js';
import { altNames, sharedKey, spki } from '../../support/request-builder.js';
import { testAuthority } from '../../support/test-authority.js';
import { codeOf, detailOf } from '../../support/error-code.js';

const DEVICE_ID = '0a5b3c86-6ac0-4a3c-9a3e-1e0ccf0f2a3b';
const URLS = {
  ocsp: ['http://ca.example/ocsp'],
  caIssuers: ['http://ca.example/ca.cer'],
  crl: ['http://ca.example/crl', 'https://ca2.example/crl'],
};

async function issue(input: RuleInput) {
  const shaped = shapeFrom(input);
  const der = assembleCertificate(shaped.tbs, ISSUER, await signByIssuer(shaped.tbs));
  return { shaped, der };
}

describe('a certificate', () => {
  it('is what openssl and node read it to be', async () => {
    const { shaped, der } = await issue({
      request: {
        subject: `CN=${DEVICE_ID},O=Contoso`,
        extensions: [
          keyUsage(['digitalSignature', 'keyEncipherment']),
          extendedKeyUsage([OID.clientAuth]),
          altNames(['uri', `IntuneDeviceId://${DEVICE_ID}`], ['upn', 'User@contoso.com']),
        ],
        pairs: { ValidityPeriod: 'Months', ValidityPeriodUnits: '6' },
      },
      profile: { urls: URLS },
    });

    const text = certificateText(der);
    expect(text).toContain('Version: 3 (0x2)');
    expect(text).toContain(`Subject: O = Contoso, CN = ${DEVICE_ID}`);
    expect(text).toContain('Not Before: Nov 21 12:00:00 2026 GMT');
    expect(text).toContain('Not After : May 22 12:00:00 2027 GMT');
    const extensions = [
      ...text.matchAll(/^ {12}(X509v3 [\w ]+|Authority Information Access): ?(critical)?/gm),
    ];
    expect(extensions.map(([, name, critical]) => [name, critical === 'critical'])).toEqual([
      ['X509v3 Authority Key Identifier', false],
      ['X509v3 Subject Key Identifier', false],
      ['X509v3 Basic Constraints', true],
      ['X509v3 Key Usage', true],
      ['X509v3 Extended Key Usage', false],
      ['X509v3 Subject Alternative Name', false],
      ['Authority Information Access', false],
      ['X509v3 CRL Distribution Points', false],
    ]);
    expect(text).toContain('CA:FALSE');
    expect(text).toContain('Digital Signature, Key Encipherment\n');
    expect(text).toContain('TLS Web Client Authentication\n');
    expect(text).toContain(`URI:IntuneDeviceId://${DEVICE_ID}, othername: UPN::User@contoso.com`);
    expect(text).toContain('OCSP - URI:http://ca.example/ocsp');
    expect(text).toContain('CA Issuers - URI:http://ca.example/ca.cer');
    expect(text).toContain('URI:http://ca.example/crl\n');
    expect(text).toContain('URI:https://ca2.example/crl');
    expect(
      opensslVerify(der, ISSUER.certificate.der, { extra: ['-attime', String(NOW.getTime() / 1000)] }),
    ).toContain('OK');

    const seen = new X509Certificate(der);
    expect(seen.serialNumber).toBe(shaped.serialNumber);
    expect(seen.ca).toBe(false);
    expect(seen.verify(new X509Certificate(ISSUER.certificate.der).publicKey)).toBe(true);
    expect(seen.checkIssued(new X509Certificate(ISSUER.certificate.der))).toBe(true);
    expect(toHex(seen.publicKey.export({ format: 'der', type: 'spki' }))).toBe(toHex(spki(sharedKey())));
    expect(toHex(parseCertificate(der).tbs)).toBe(toHex(shaped.tbs));
  });

  it('comes with what the store keeps of it', () => {
    const shaped = shapeFrom({
      request: {
        subject: 'CN=device,O=Contoso',
        extensions: [
          altNames(['uri', `IntuneDeviceId://${DEVICE_ID.toUpperCase()}`], ['upn', 'User@contoso.com']),
        ],
      },
    });
    expect(shaped).toMatchObject({
      notBefore: new Date('2026-11-21T12:00:00Z'),
      notAfter: new Date('2027-11-22T12:00:00Z'),
      subject: 'CN=device,O=Contoso',
      subjectAltNames: [`uri:IntuneDeviceId://${DEVICE_ID.toUpperCase()}`, 'upn:User@contoso.com'],
      deviceId: DEVICE_ID,
      user: 'user@contoso.com',
      notes: [],
    });
    expect(shaped.serialNumber).toMatch(/^[4-7][0-9A-F]{38}A$/);
  });

  it('has defaults for a bare request', async () => {
    const { shaped, der } = await issue({});
    expect(shaped.subjectAltNames).toEqual([]);
    expect(shaped.deviceId).toBeUndefined();
    const { extensions } = parseCertificate(der);
    expect(extensions.map(({ type }) => type)).toEqual([
      OID.authorityKeyIdentifier,
      OID.subjectKeyIdentifier,
      OID.basicConstraints,
      OID.keyUsage,
      OID.extKeyUsage,
    ]);
    expect(new X509Certificate(der).keyUsage).toEqual([OID.clientAuth]);
    const ski = extensions[1]?.value.subarray(2) ?? new Uint8Array();
    expect(toHex(ski)).toBe(toHex(keyIdentifier(parseCertificate(der).publicKey.keyBits)));
  });

  it('repeats the name and the key of the request, octet for octet', async () => {
    const subject = sequence(
      setOf([sequence(oid('2.5.4.10'), encode(TAG.t61String, Buffer.from('Contoso')))]),
      setOf([
        sequence(oid('2.5.4.3'), printableString('device@contoso')),
        sequence(oid('2.5.4.5'), utf8String('42')),
      ]),
    );
    const { der } = await issue({ request: { subject } });
    expect(toHex(parseCertificate(der).subject.der)).toBe(toHex(subject));
    expect(toHex(parseCertificate(der).publicKey.spki)).toBe(toHex(spki(sharedKey())));
  });

  it('has critical alternative names when it has no subject', async () => {
    const { der, shaped } = await issue({
      request: { subject: '', extensions: [altNames(['dns', 'a.example'])] },
    });
    expect(shaped.subject).toBe('');
    expect(certificateText(der)).toContain('X509v3 Subject Alternative Name: critical');
  });

  it('goes without what nobody asked for, and says what it left out', () => {
    const { notes } = shapeFrom({
      request: {
        extensions: [extension(OID.msNtdsCaSecurity, sequence()), extension('1.2.3.4', sequence(), true)],
      },
    });
    expect(notes).toEqual([
      { code: 'sid-extension', security: true, detail: OID.msNtdsCaSecurity },
      { code: 'extension-ignored', security: false, detail: '1.2.3.4' },
    ]);
  });

  it('has GeneralizedTime from 2050 on', () => {
    const certificate = { ...ISSUER.certificate, notAfter: new Date('2060-01-01T00:00:00Z') };
    const shaped = shapeFrom({
      now: new Date('2049-06-01T00:00:00Z'),
      issuer: { ...ISSUER, certificate },
    });
    expect(shaped.notAfter).toEqual(new Date('2050-06-01T00:00:00Z'));
    expect(Buffer.from(shaped.tbs).includes('20500601000000Z')).toBe(true);
  });

  it('is signed by an EC CA as well', async () => {
    const { authority } = await testAuthority('ec');
    const issuer: IssuingAuthority = {
      certificate: parseCertificate(authority.issuer.certificate),
      algorithm: authority.issuer.algorithm,
    };
    const { tbs } = shapeFrom({ issuer });
    const der = assembleCertificate(tbs, issuer, await authority.issuer.signer.sign(tbs, issuer.algorithm));
    expect(certificateText(der)).toContain('Signature Algorithm: ecdsa-with-SHA256');
    expect(
      opensslVerify(der, issuer.certificate.der, { extra: ['-attime', String(NOW.getTime() / 1000)] }),
    ).toContain('OK');
  });

  it('is not made by an issuer without a name: the lints have the last word', () => {
    const certificate = { ...ISSUER.certificate, subject: { der: sequence(), rdns: [] } };
    expect(detailOf(() => shapeFrom({ issuer: { ...ISSUER, certificate } }))).toContain('issuer-name');
  });

  it.each<[string, RuleInput]>([
    ['ERR_KEY_SIZE', { profile: { rsaBits: { min: 3072 } } }],
    ['ERR_SUBJECT', { request: { subject: '' } }],
    [
      'ERR_SUBJECT',
      { request: { subject: 'CN=dc.corp.example' }, profile: { protectedDomains: ['corp.example'] } },
    ],
    ['ERR_SAN', { request: { extensions: [altNames(['dns', '*.example'])] } }],
    ['ERR_KEY_USAGE', { request: { extensions: [keyUsage(['keyCertSign'])] } }],
    ['ERR_EXTENDED_KEY_USAGE', { request: { extensions: [extendedKeyUsage([OID.ocspSigning])] } }],
    ['ERR_VALIDITY', { now: new Date('2050-01-01T00:00:00Z') }],
    ['ERR_CSR_MALFORMED', { request: { extensions: [extension(OID.keyUsage, sequence())] } }],
  ])('is not made: %s', (code, input) => {
    expect(codeOf(() => shapeFrom(input))).toBe(code);
  });
});
