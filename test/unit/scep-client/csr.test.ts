/** What a request says, by our reader and by OpenSSL. */
import { spawnSync } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  authorityKeyIdentifierExtension,
  createCsr,
  createSelfSignedCertificate,
  encodeName,
  formatName,
  generateRsaKey,
  OID,
  readCertificate,
  readCsr,
  subjectAltNameExtension,
  type CsrOptions,
} from '../../../dev/scep-client/index.js';

let key: KeyObject;
beforeAll(async () => {
  key = await generateRsaKey();
});

const csr = (options: Partial<CsrOptions> = {}) => createCsr({ key, subject: 'CN=dev-1', ...options });

function openssl(input: Uint8Array, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('openssl', args, { input });
  expect(status, stderr.toString()).toBe(0);
  return stdout.toString() + stderr.toString();
}

describe('createCsr', () => {
  const full = {
    subject: 'CN=dev-1,OU=A\\, B,O=Contoso,C=DE',
    subjectAltNames: [
      { type: 'dns', value: 'dev.example.com' },
      { type: 'email', value: 'a@example.com' },
      { type: 'uri', value: 'IntuneDeviceId://28fe573c' },
      { type: 'ip', value: '10.0.0.1' },
      { type: 'ip', value: '2001:db8::1' },
      { type: 'upn', value: 'zoë@example.com' },
    ],
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsage: [OID.clientAuth, '1.3.6.1.5.5.7.3.17'],
    challenge: 'secret',
    validity: { period: 'Years', units: 1 },
  } as const satisfies Partial<CsrOptions>;

  it('says what was asked', () => {
    expect(readCsr(csr(full))).toMatchObject({
      subject: 'CN=dev-1,OU=A\\, B,O=Contoso,C=DE',
      subjectAltNames: full.subjectAltNames.map((name) =>
        name.value === '2001:db8::1' ? { type: 'ip', value: '2001:db8:0:0:0:0:0:1' } : name,
      ),
      keyUsage: full.keyUsage,
      extendedKeyUsage: full.extendedKeyUsage,
      challenge: 'secret',
      nameValuePairs: expect.arrayContaining([
        ['ValidityPeriod', 'Years'],
        ['ValidityPeriodUnits', '1'],
      ]) as unknown,
      isSignatureValid: true,
    });
  });

  it('reads the same under OpenSSL', () => {
    const text = openssl(csr(full), 'req', '-inform', 'DER', '-verify', '-text', '-noout');
    expect(text).toContain('verify OK');
    expect(text).toContain('Subject: C = DE, O = Contoso, OU = "A, B", CN = dev-1');
    expect(text).toContain('DNS:dev.example.com, email:a@example.com, URI:IntuneDeviceId://28fe573c');
    expect(text).toContain('IP Address:10.0.0.1, IP Address:2001:DB8:0:0:0:0:0:1');
    expect(text).toContain('Digital Signature, Key Encipherment');
    expect(openssl(csr(full), 'asn1parse', '-inform', 'DER')).toContain(':challengePassword');
  });

  it.each(['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const)('%s verifies, with PSS too', (digest) => {
    expect(readCsr(csr({ scheme: { digest, padding: 'pkcs1' } })).isSignatureValid).toBe(true);
    const pss = csr({ scheme: { digest, padding: 'pss' } });
    expect(readCsr(pss).isSignatureValid).toBe(true);
    expect(openssl(pss, 'req', '-inform', 'DER', '-verify', '-noout')).toContain('verify OK');
  });

  it.each(['printable', 'utf8', 'ia5', 't61', 'bmp'] as const)(
    'writes the challenge as %s',
    (challengeType) => {
      expect(readCsr(csr({ challenge: 'PENl+/=', challengeType })).challenge).toBe('PENl+/=');
    },
  );

  it('swaps the validity pair as Android does', () => {
    const { nameValuePairs } = readCsr(csr({ validity: { period: 'Years', units: 2, swapped: true } }));
    expect(Object.fromEntries(nameValuePairs)).toEqual({ ValidityPeriod: '2', ValidityPeriodUnits: 'Years' });
  });

  it('splits and repeats extension requests for attacks', () => {
    const smuggled = subjectAltNameExtension([{ type: 'dns', value: 'dc01.corp' }]);
    const read = readCsr(
      csr({
        subjectAltNames: [{ type: 'dns', value: 'dev' }],
        extraExtensionRequests: [{ extensions: [smuggled], oid: 'microsoft' }, { extensions: [smuggled] }],
      }),
    );
    expect(read.extensions.map(({ oid }) => oid)).toEqual(Array(3).fill(OID.subjectAltName));
    const names = read.attributes.map(({ oid }) => oid);
    expect(names.toSorted()).toEqual([OID.extensionRequest, OID.extensionRequest, OID.msExtensionRequest]);
  });

  it('can fail to prove possession', async () => {
    expect(readCsr(csr({ signWith: await generateRsaKey() })).isSignatureValid).toBe(false);
  });
});

describe('names', () => {
  it.each([
    'CN=dev-1',
    'CN=a\\+b\\=c\\"d\\\\e,DC=example,DC=com',
    'CN=\\ lead,UID=7',
    'CN=x+SERIALNUMBER=9',
    'CN=zoë',
    '',
  ])('%s goes there and back', (text) => {
    expect(formatName(encodeName(text))).toBe(text);
  });

  it('keeps the order as Windows does, and takes quotes', () => {
    expect(formatName(encodeName('CN="a, b";O=c', { order: 'as-written' }))).toBe('O=c,CN=a\\, b');
  });

  it.each(['dev-1', '=x', 'NOPE=x'])('%s is refused', (text) => {
    expect(() => encodeName(text)).toThrow(expect.objectContaining({ code: 'ERR_CLIENT_INPUT' }));
  });
});

describe('createSelfSignedCertificate', () => {
  const dates = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2051-01-01T00:00:00Z') };

  it('makes v3 with a critical key identifier, and v1', () => {
    const critical = authorityKeyIdentifierExtension(Buffer.alloc(20, 7), true);
    const subject = 'CN=SCEP Protocol Certificate';
    const v3 = createSelfSignedCertificate({ key, subject, ...dates, extensions: [critical] });
    expect(readCertificate(v3).extensions).toMatchObject([
      { oid: OID.authorityKeyIdentifier, critical: true },
    ]);
    expect(readCertificate(v3).notAfter).toEqual(dates.notAfter);
    expect(openssl(v3, 'x509', '-inform', 'DER', '-noout', '-text')).toContain(
      'X509v3 Authority Key Identifier: critical',
    );
    const v1 = createSelfSignedCertificate({ key, subject, ...dates });
    expect(openssl(v1, 'x509', '-inform', 'DER', '-noout', '-text')).toContain('Version: 1');
  });
});
