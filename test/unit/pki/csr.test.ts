import { constants, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../lib/base/bytes.js';
import { SIGNATURES } from '../../../lib/pki/algorithms.js';
import { parseCertificationRequest, verifyCertificationRequest } from '../../../lib/pki/csr.js';
import {
  bitString,
  context,
  encode,
  ia5String,
  integer,
  NULL,
  oid,
  printableString,
  readWhole,
  sequence,
  TAG,
  utf8String,
} from '../../../lib/pki/der.js';
import { extendedKeyUsage, keyUsage } from '../../../lib/pki/extensions.js';
import { encodeName, formatName } from '../../../lib/pki/name.js';
import { OID } from '../../../lib/pki/oids.js';
import { codeOf } from '../../support/error-code.js';
import { openssl, temporaryFolder } from '../../support/openssl.js';
import {
  altNames,
  attribute,
  bmpString,
  buildRequest,
  sharedKey,
  spki,
  type RequestFields,
} from '../../support/request-builder.js';

const parse = (fields: RequestFields = {}) => parseCertificationRequest(buildRequest(fields));
const codeOfParse = (fields: RequestFields) => codeOf(() => parse(fields));

/** The same contents under a context tag. */
const contextOf = (number: number, element: Uint8Array) =>
  Uint8Array.from(element, (octet, index) => (index === 0 ? 0xa0 | number : octet));

const usage = keyUsage(['digitalSignature']);
const purposes = extendedKeyUsage([OID.clientAuth]);
const names = altNames(['dns', 'device.contoso.com']);

describe('parseCertificationRequest', () => {
  it('reads what openssl made', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'request.der');
    openssl([
      'req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', join(folder, 'key.pem'),
      '-outform', 'DER', '-out', file, '-subj', '/C=DE/O=Contoso/CN=device',
      '-addext', 'subjectAltName=DNS:device.contoso.com', '-addext', 'keyUsage=critical,digitalSignature',
    ]); // prettier-ignore
    const der = readFileSync(file);
    const csr = parseCertificationRequest(der);
    expect(formatName(csr.subject)).toBe('CN=device,O=Contoso,C=DE');
    expect(csr.challenge).toBeUndefined();
    expect(csr.extensions.map(({ type, critical }) => [type, critical])).toEqual([
      [OID.subjectAltName, false],
      [OID.keyUsage, true],
    ]);
    expect(csr.publicKey.rsa?.modulus).toHaveLength(256);
    verifyCertificationRequest(csr);
  });

  it('keeps the octets that were signed, the name and the key', () => {
    const der = buildRequest({ subject: 'CN=x,O=y' });
    const csr = parseCertificationRequest(der);
    expect(csr.der).toBe(der);
    expect(Buffer.from(der).includes(Buffer.from(csr.info))).toBe(true);
    expect(toHex(csr.subject.der)).toBe(toHex(encodeName('CN=x,O=y')));
    expect(toHex(csr.publicKey.spki)).toBe(toHex(spki(sharedKey())));
  });

  it('reads attributes in any order, and goes without them', () => {
    const challenge = attribute(OID.challengePassword, printableString('secret'));
    const request = attribute(OID.extensionRequest, sequence(names));
    const unknown = attribute('1.3.6.1.4.1.311.13.2.3', ia5String('10.0.26100.2'));
    for (const attributes of [
      [request, unknown, challenge],
      [challenge, request, unknown],
    ]) {
      const csr = parse({ attributes });
      expect(csr.challenge).toBe('secret');
      expect(csr.extensions).toHaveLength(1);
    }
    expect(parse({ attributesField: new Uint8Array() }).extensions).toEqual([]);
    expect(parse().challenge).toBeUndefined();
  });

  it.each([
    ['PrintableString', printableString('secret')],
    ['UTF8String', utf8String('secret')],
    ['IA5String', ia5String('secret')],
    ['T61String', encode(TAG.t61String, Buffer.from('secret'))],
    ['BMPString', bmpString('secret')],
  ])('reads a challenge in a %s', (_, value) => {
    expect(parse({ attributes: [attribute(OID.challengePassword, value)] }).challenge).toBe('secret');
  });

  it('takes an empty challenge for none', () => {
    expect(parse({ challenge: '' }).challenge).toBeUndefined();
  });

  it('reads a challenge of 32 kB and no longer one', () => {
    expect(parse({ challenge: 'x'.repeat(32 * 1024) }).challenge).toHaveLength(32 * 1024);
    expect(codeOfParse({ challenge: 'x'.repeat(32 * 1024 + 1) })).toBe('ERR_CSR_MALFORMED');
  });

  it('reads 64 kB and no more', () => {
    const padded = (length: number) =>
      buildRequest({ attributes: [attribute('1.2.3', utf8String('x'.repeat(length)))] });
    const overhead = padded(60_000).length - 60_000;
    expect(codeOf(() => parseCertificationRequest(padded(65_536 - overhead)))).toBeUndefined();
    expect(codeOf(() => parseCertificationRequest(padded(65_537 - overhead)))).toBe('ERR_CSR_MALFORMED');
  });

  it('reads extensions under Microsoft’s identifier too', () => {
    const csr = parse({ attributes: [attribute(OID.msExtensionRequest, sequence(names, usage))] });
    expect(csr.extensions.map(({ type }) => type)).toEqual([OID.subjectAltName, OID.keyUsage]);
  });

  it('reads enrolment name/value pairs', () => {
    const csr = parse({ pairs: { ValidityPeriod: 'Years', ValidityPeriodUnits: '1' } });
    expect([...csr.nameValuePairs]).toEqual([
      ['ValidityPeriod', 'Years'],
      ['ValidityPeriodUnits', '1'],
    ]);
  });

  it.each<[string, RequestFields]>([
    ['two extensionRequest attributes', {
      extensions: [names],
      attributes: [attribute(OID.extensionRequest, sequence(usage))],
    }],
    ['one under each identifier', {
      extensions: [names],
      attributes: [attribute(OID.msExtensionRequest, sequence(names))],
    }],
    ['two values of extensionRequest', {
      attributes: [attribute(OID.extensionRequest, sequence(names), sequence(usage))],
    }],
    ['an extension twice', { extensions: [names, usage, altNames(['dns', 'dc.contoso.com'])] }],
    ['two challenges', {
      challenge: 'a',
      attributes: [attribute(OID.challengePassword, utf8String('b'))],
    }],
    ['a challenge and an empty one', {
      challenge: 'a',
      attributes: [attribute(OID.challengePassword, utf8String(''))],
    }],
    ['two values of the challenge', {
      attributes: [attribute(OID.challengePassword, utf8String('a'), utf8String('b'))],
    }],
    ['an enrolment name twice', {
      pairs: { ValidityPeriod: 'Years' },
      attributes: [
        attribute(OID.msEnrollmentNameValuePair, sequence(bmpString('ValidityPeriod'), bmpString('Days'))),
      ],
    }],
  ])('finds %s ambiguous', (_, fields) => {
    expect(codeOfParse(fields)).toBe('ERR_CSR_AMBIGUOUS');
  }); // prettier-ignore

  it.each<[string, RequestFields]>([
    ['version 1', { version: 1 }],
    ['a challenge of no text type', { attributes: [attribute(OID.challengePassword, integer(1))] }],
    ['an attribute without a value', { attributes: [attribute(OID.challengePassword)] }],
    ['extensions that are no sequence', { attributes: [attribute(OID.extensionRequest, NULL)] }],
    ['an attribute with a third part', { attributes: [sequence(oid('1.2.3'), encode(TAG.set, NULL), NULL)] }],
    ['a second set of attributes', { attributesField: Buffer.concat([context(0), context(0)]) }],
    ['65 attributes', { attributes: Array.from({ length: 65 }, () => attribute('1.2.3', NULL)) }],
    ['a subject that is no name', { subject: sequence(NULL) }],
    ['a key that is none', { publicKey: sequence(NULL) }],
    // Found by the fuzzer: another reader passes over what is no SEQUENCE, and sees no challenge.
    ['an attribute that is no sequence', {
      attributes: [contextOf(12, attribute(OID.challengePassword, printableString('a')))],
    }],
    ['an extension that is no sequence', { extensions: [contextOf(12, names)] }],
    ['indefinite lengths inside', { attributes: [Buffer.from('308006022A033103020101' + '0000', 'hex')] }],
  ])('refuses %s', (_, fields) => {
    expect(codeOfParse(fields)).toBe('ERR_CSR_MALFORMED');
  }); // prettier-ignore

  it('refuses something after the signature, inside the request', () => {
    const parts = readWhole(buildRequest(), TAG.sequence).content;
    expect(codeOf(() => parseCertificationRequest(sequence(parts, NULL)))).toBe('ERR_CSR_MALFORMED');
  });

  it('refuses trailing octets, and every truncation', () => {
    const der = buildRequest({ challenge: 'secret', extensions: [names, usage, purposes] });
    expect(codeOf(() => parseCertificationRequest(Buffer.concat([der, Uint8Array.of(0)])))).toBe(
      'ERR_CSR_MALFORMED',
    );
    for (let length = 0; length < der.length; length++) {
      expect(codeOf(() => parseCertificationRequest(der.subarray(0, length)))).toBe('ERR_CSR_MALFORMED');
    }
  });

  it('never throws anything without a code, and never lets a damaged request verify', () => {
    const der = buildRequest({
      challenge: 'secret',
      extensions: [names, usage, purposes],
      pairs: { ValidityPeriod: 'Years', ValidityPeriodUnits: '1' },
    });
    const signed = Buffer.from(der).indexOf(parseCertificationRequest(der).info);
    const end = signed + parseCertificationRequest(der).info.length;
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Uint8Array.from(der);
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        const code = codeOf(() => {
          verifyCertificationRequest(parseCertificationRequest(damaged));
        });
        // Parameters of the signature's algorithm are not under the signature, and say nothing.
        if (at >= end && code === undefined) return;
        expect(code).toMatch(/^ERR_(CSR_(MALFORMED|AMBIGUOUS|SIGNATURE)|SCEP_ALGORITHM)$/);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('verifyCertificationRequest', () => {
  const verify = (fields: RequestFields, legacy = false) =>
    codeOf(() => {
      verifyCertificationRequest(parse(fields), { legacy });
    });

  it.each(['RS1', 'RS256', 'RS384', 'RS512'] as const)('accepts %s', (name) => {
    const { hash, identifier } = SIGNATURES[name];
    expect(verify({ signature: { hash, identifier } })).toBeUndefined();
  });

  describe('RSASSA-PSS', () => {
    const sha256 = (parameters: Uint8Array = NULL) => sequence(oid('2.16.840.1.101.3.4.2.1'), parameters);
    const members = (hash = sha256(), maskHash = sha256()) => [
      context(0, hash),
      context(1, sequence(oid(OID.mgf1), maskHash)),
      context(2, integer(32)),
    ];
    const verifyPss = (...parameters: readonly Uint8Array[]) => {
      const { info } = parse();
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      const signature = sign('sha256', info, { key: sharedKey(), padding, saltLength: 32 });
      const identifier = sequence(oid(OID.rsassaPss), ...parameters);
      const der = sequence(info, identifier, bitString(signature));
      return codeOf(() => {
        verifyCertificationRequest(parseCertificationRequest(der));
      });
    };

    it('is accepted', () => {
      expect(verifyPss(sequence(...members()))).toBeUndefined();
      expect(verifyPss(sequence(...members(), context(3, integer(1))))).toBeUndefined();
    });

    // Found by the fuzzer: other readers refuse what stands there.
    it.each([
      ['parameters of the hash', [sequence(...members(sha256(encode(0x25))))]],
      ['parameters of the mask’s hash', [sequence(...members(sha256(), sha256(encode(0x25))))]],
      ['a member too many', [sequence(...members(), context(4, NULL))]],
      ['parameters twice', [sequence(...members()), NULL, NULL]],
    ])('is refused with %s', (_case, parameters) => {
      expect(verifyPss(...parameters)).toBe('ERR_CSR_MALFORMED');
    });

    it('is refused with another trailer', () => {
      expect(verifyPss(sequence(...members(), context(3, integer(2))))).toBe('ERR_CSR_SIGNATURE');
    });
  });

  it('accepts ECDSA: whether such a key gets a certificate is for the key policy', () => {
    const { hash, identifier } = SIGNATURES.ES256;
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    expect(verify({ key, signature: { hash, identifier } })).toBeUndefined();
  });

  it('accepts MD5 only where the legacy switch is on', () => {
    const signature = { hash: 'md5', identifier: sequence(oid('1.2.840.113549.1.1.4'), NULL) };
    expect(verify({ signature })).toBe('ERR_SCEP_ALGORITHM');
    expect(verify({ signature }, true)).toBeUndefined();
  });

  it('refuses an algorithm that it does not know', () => {
    const signature = { hash: 'sha224', identifier: sequence(oid('1.2.840.113549.1.1.14'), NULL) };
    expect(verify({ signature })).toBe('ERR_CSR_SIGNATURE');
  });

  // Found by the fuzzer: other readers refuse what stands there.
  it.each([
    ['something', encode(0x25)],
    ['something after NULL', Buffer.concat([NULL, NULL])],
  ])('refuses an algorithm with %s for parameters', (_case, parameters) => {
    const signature = { hash: 'sha256', identifier: sequence(oid('1.2.840.113549.1.1.11'), parameters) };
    expect(verify({ signature })).toBe('ERR_CSR_MALFORMED');
  });

  it('takes an algorithm without parameters', () => {
    const signature = { hash: 'sha256', identifier: sequence(oid('1.2.840.113549.1.1.11')) };
    expect(verify({ signature })).toBeUndefined();
  });

  it('refuses another key’s request', () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    expect(verify({ publicKey: other.export({ format: 'der', type: 'spki' }) })).toBe('ERR_CSR_SIGNATURE');
  });

  it('refuses a signature under another algorithm than it names', () => {
    expect(verify({ signature: { hash: 'sha256', identifier: SIGNATURES.RS384.identifier } })).toBe(
      'ERR_CSR_SIGNATURE',
    );
    expect(verify({ signature: { hash: 'sha256', identifier: SIGNATURES.ES256.identifier } })).toBe(
      'ERR_CSR_SIGNATURE',
    );
  });
});
