import { describe, expect, it } from 'vitest';
import { viewIssuer, type IssuerView } from '../../../lib/issuance/issuer.js';
import { lintCertificate } from '../../../lib/issuance/lint.js';
import { LINTS } from '../../../lib/issuance/lints/table.js';
import { SIGNATURES } from '../../../lib/pki/algorithms.js';
import { findExtension } from '../../../lib/pki/certificate.js';
import {
  boolean,
  context,
  contextPrimitive,
  encode,
  generalizedTime,
  integer,
  octetString,
  oid,
  sequence,
  TAG,
  time,
} from '../../../lib/pki/der.js';
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  crlDistributionPoints,
  extendedKeyUsage,
  extension,
  keyUsage,
  subjectKeyIdentifier,
} from '../../../lib/pki/extensions.js';
import { encodeName } from '../../../lib/pki/name.js';
import { sidExtension } from '../../../lib/pki/sid-extension.js';
import { OID } from '../../../lib/pki/oids.js';
import { codeOf, detailOf } from '../../support/error-code.js';
import { ISSUER, NOW } from '../../support/issuance.js';
import { altNames, sharedKey, spki } from '../../support/request-builder.js';

const issuer: IssuerView = viewIssuer(ISSUER);
const LATER = new Date('2027-11-22T12:00:00Z');
const sha256WithRsa = SIGNATURES.RS256.identifier;

const EXTENSIONS = {
  aki: authorityKeyIdentifier(issuer.keyIdentifier),
  ski: subjectKeyIdentifier(new Uint8Array(20)),
  constraints: basicConstraints({ ca: false }),
  usage: keyUsage(['digitalSignature']),
  purposes: extendedKeyUsage([OID.clientAuth]),
  names: altNames(['dns', 'a.example']),
  access: authorityInfoAccess({ ocsp: ['http://ca.example/ocsp'], caIssuers: ['http://ca.example/ca'] }),
  distribution: crlDistributionPoints(['http://ca.example/crl']),
};

type Parts = {
  readonly [Name in keyof typeof EXTENSIONS]?: Uint8Array | undefined;
} & {
  readonly version?: Uint8Array;
  readonly serial?: Uint8Array;
  readonly algorithm?: Uint8Array;
  readonly issuerName?: Uint8Array;
  readonly validity?: Uint8Array;
  readonly subject?: Uint8Array;
  readonly more?: readonly Uint8Array[];
};

/** A sound TBSCertificate, but for what is given; an extension that is given as undefined is left out. */
function tbs(parts: Parts = {}): Uint8Array {
  const extensions = Object.values({ ...EXTENSIONS, ...pick(parts) }).filter((part) => part !== undefined);
  return sequence(
    parts.version ?? context(0, integer(2)),
    parts.serial ?? integer(Buffer.alloc(20, 0x55)),
    parts.algorithm ?? sha256WithRsa,
    parts.issuerName ?? ISSUER.certificate.subject.der,
    parts.validity ?? sequence(time(NOW), time(LATER)),
    parts.subject ?? encodeName('CN=device'),
    spki(sharedKey()),
    context(3, sequence(...extensions, ...(parts.more ?? []))),
  );
}

function pick(parts: Parts): Partial<Record<keyof typeof EXTENSIONS, Uint8Array | undefined>> {
  return Object.fromEntries(Object.entries(parts).filter(([name]) => name in EXTENSIONS));
}

const lint = (parts: Parts) => () => {
  lintCertificate(tbs(parts), issuer);
};

describe('a sound certificate', () => {
  it.each<[string, Parts]>([
    ['with everything', {}],
    ['without alternative names and URLs', { names: undefined, access: undefined, distribution: undefined }],
    [
      'without a subject',
      {
        subject: sequence(),
        names: extension(OID.subjectAltName, sequence(contextPrimitive(2, Buffer.from('a'))), true),
      },
    ],
  ])('passes %s', (_, parts) => {
    expect(codeOf(lint(parts))).toBeUndefined();
  });
});

const BROKEN: readonly (readonly [string, string, Parts])[] = [
  ['version', 'version 1', { version: new Uint8Array() }],
  ['version', 'version 2', { version: context(0, integer(1)) }],
  ['serial-number', 'zero', { serial: integer(0) }],
  ['serial-number', 'a negative number', { serial: encode(TAG.integer, Uint8Array.of(0x80)) }],
  ['serial-number', '21 octets', { serial: integer(Buffer.alloc(20, 0xff)) }],
  ['serial-number', 'a padded number', { serial: encode(TAG.integer, Uint8Array.of(0, 1)) }],
  ['signature-algorithm', 'another algorithm', { algorithm: SIGNATURES.RS384.identifier }],
  ['signature-algorithm', 'no parameters', { algorithm: sequence(oid('1.2.840.113549.1.1.11')) }],
  ['issuer-name', 'another name', { issuerName: encodeName('CN=Other CA') }],
  ['issuer-name', 'an empty name', { issuerName: sequence() }],
  ['validity', 'no extent', { validity: sequence(time(NOW), time(NOW)) }],
  ['validity', 'an end before the start', { validity: sequence(time(LATER), time(NOW)) }],
  ['validity', 'a start before the CA', { validity: sequence(time(new Date('2019-12-31')), time(LATER)) }],
  ['validity', 'an end after the CA', { validity: sequence(time(NOW), time(new Date('2049-01-02'))) }],
  ['time-encoding', 'GeneralizedTime before 2050', { validity: sequence(time(NOW), generalizedTime(LATER)) }],
  ['unique-extensions', 'an extension twice', { more: [altNames(['dns', 'b.example'])] }],
  ['known-extensions', 'name constraints', { more: [extension(OID.nameConstraints, sequence(), true)] }],
  ['authority-key-identifier', 'none', { aki: undefined }],
  ['authority-key-identifier', 'another key', { aki: authorityKeyIdentifier(new Uint8Array(20)) }],
  [
    'authority-key-identifier',
    'critical',
    { aki: extension(OID.authorityKeyIdentifier, sequence(contextPrimitive(0, issuer.keyIdentifier)), true) },
  ],
  ['subject-key-identifier', 'none', { ski: undefined }],
  ['subject-key-identifier', 'an empty one', { ski: subjectKeyIdentifier(new Uint8Array()) }],
  [
    'subject-key-identifier',
    'critical',
    { ski: extension(OID.subjectKeyIdentifier, octetString(new Uint8Array(20)), true) },
  ],
  ['basic-constraints', 'none', { constraints: undefined }],
  ['basic-constraints', 'a CA', { constraints: basicConstraints({ ca: true }) }],
  ['basic-constraints', 'a path length', { constraints: basicConstraints({ ca: false, pathLength: 0 }) }],
  [
    'basic-constraints',
    'an explicit default',
    { constraints: extension(OID.basicConstraints, sequence(boolean(false)), true) },
  ],
  ['basic-constraints', 'not critical', { constraints: extension(OID.basicConstraints, sequence()) }],
  ['key-usage', 'none', { usage: undefined }],
  ['key-usage', 'no bit', { usage: keyUsage([]) }],
  ['key-usage', 'not critical', { usage: extension(OID.keyUsage, Buffer.from('03020780', 'hex')) }],
  ['key-usage', 'keyCertSign', { usage: keyUsage(['digitalSignature', 'keyCertSign']) }],
  ['key-usage', 'cRLSign', { usage: keyUsage(['cRLSign']) }],
  ['extended-key-usage', 'none', { purposes: undefined }],
  ['extended-key-usage', 'no purpose', { purposes: extendedKeyUsage([]) }],
  ['extended-key-usage', 'any', { purposes: extendedKeyUsage([OID.clientAuth, OID.anyExtendedKeyUsage]) }],
  ['extended-key-usage', 'OCSPSigning', { purposes: extendedKeyUsage([OID.ocspSigning]) }],
  ['extended-key-usage', 'an enrolment agent', { purposes: extendedKeyUsage([OID.certificateRequestAgent]) }],
  ['subject-alt-name', 'no name at all', { subject: sequence(), names: undefined }],
  ['subject-alt-name', 'not critical without a subject', { subject: sequence() }],
  [
    'subject-alt-name',
    'critical beside a subject',
    { names: extension(OID.subjectAltName, sequence(contextPrimitive(2, Buffer.from('a'))), true) },
  ],
  ['subject-alt-name', 'an empty list', { names: extension(OID.subjectAltName, sequence()) }],
  ['security-identifier', 'none in it', { more: [extension(OID.msNtdsCaSecurity, sequence())] }],
  ['security-identifier', 'a built-in group', { more: [sidExtension('S-1-5-32-544')] }],
  [
    'urls',
    'an LDAP URL for OCSP',
    { access: authorityInfoAccess({ ocsp: ['ldap://ca.example'], caIssuers: [] }) },
  ],
  ['urls', 'no URL for the CA', { access: authorityInfoAccess({ ocsp: [], caIssuers: ['ca.example'] }) }],
  ['urls', 'an empty list', { access: authorityInfoAccess({ ocsp: [], caIssuers: [] }) }],
  ['urls', 'a file for the CRL', { distribution: crlDistributionPoints(['file:///crl']) }],
];

describe('a certificate that breaks a rule', () => {
  it.each(BROKEN)('%s: %s', (name, _, parts) => {
    expect(codeOf(lint(parts))).toBe('ERR_LINT');
    const source = LINTS.find((rule) => rule.name === name)?.source ?? '';
    expect(detailOf(lint(parts))).toBe(`${name}: ${source}`);
  });

  it('is there for every rule', () => {
    expect(new Set(BROKEN.map(([name]) => name))).toEqual(new Set(LINTS.map(({ name }) => name)));
  });

  it('cannot be read', () => {
    const code = codeOf(() => {
      lintCertificate(Buffer.concat([tbs(), Uint8Array.of(0)]), issuer);
    });
    expect(code).toBe('ERR_LINT');
  });
});

describe('the issuer', () => {
  it('names its key by its own identifier, or by the hash of the key', () => {
    const { certificate } = ISSUER;
    const bare = { ...ISSUER, certificate: { ...certificate, extensions: [] } };
    const own = findExtension(certificate, OID.subjectKeyIdentifier)?.value;
    expect(own && Buffer.from(own.subarray(2))).toEqual(Buffer.from(issuer.keyIdentifier));
    expect(Buffer.from(viewIssuer(bare).keyIdentifier)).toEqual(Buffer.from(issuer.keyIdentifier));
  });

  it('is prepared once', () => {
    expect(viewIssuer(ISSUER)).toBe(issuer);
    expect(viewIssuer({ ...ISSUER })).not.toBe(issuer);
  });
});
