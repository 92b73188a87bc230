/** Attack 7: extensions that give power. A certificate has what the allow-list says; the rest is stripped or refused. */
import { describe, expect, it } from 'vitest';
import { OID, type Extension } from '../../../dev/scep-client/index.js';
import {
  boolean,
  contextPrimitive,
  encode,
  integer,
  octetString,
  oid,
  sequence,
  TAG,
} from '../../../lib/pki/der.js';
import { certificateText } from '../../support/openssl.js';
import { createBench, issuedBy, linesWith } from '../../support/scep-bench.js';
import { expectAlert, expectStripped } from '../../support/alert.js';

/** All that a certificate of the default profile without URLs may have. */
const ALLOWED: readonly string[] = [
  OID.keyUsage,
  OID.extendedKeyUsage,
  OID.basicConstraints,
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
  OID.subjectAltName,
];

const uri = contextPrimitive(6, Buffer.from('http://evil.example/'));
const STRIPPED: Record<string, Extension> = {
  'name constraints': { oid: '2.5.29.30', critical: true, value: sequence() },
  'policy constraints': { oid: '2.5.29.36', value: sequence() },
  'certificate policies': { oid: '2.5.29.32', value: sequence(sequence(oid('2.5.29.32.0'))) },
  'authority information access': {
    oid: OID.authorityInfoAccess,
    value: sequence(sequence(oid('1.3.6.1.5.5.7.48.1'), uri)),
  },
  'CRL distribution points': { oid: OID.crlDistributionPoints, value: sequence() },
  'a subject key identifier': { oid: OID.subjectKeyIdentifier, value: octetString(Buffer.alloc(20, 0xee)) },
  'an authority key identifier': {
    oid: OID.authorityKeyIdentifier,
    value: sequence(contextPrimitive(0, Buffer.alloc(20, 0xee))),
  },
  'application policies': {
    oid: '1.3.6.1.4.1.311.21.10',
    value: sequence(sequence(oid('1.3.6.1.4.1.311.20.2.1'))),
  },
  'a template name': { oid: '1.3.6.1.4.1.311.20.2', value: encode(TAG.bmpString, Buffer.from('\0C\0A')) },
  'a template id': { oid: '1.3.6.1.4.1.311.21.7', value: sequence(oid('1.3.6.1.4.1.311.21.8.1')) },
  'OCSP no check': { oid: OID.ocspNoCheck, value: encode(TAG.null) },
  'a proxy certificate': { oid: '1.3.6.1.5.5.7.1.14', critical: true, value: sequence() },
  'something nobody knows': { oid: '1.2.3.4.5', critical: true, value: integer(1) },
};

describe('stripped', () => {
  it.each(Object.entries(STRIPPED))('%s', async (_name, extension) => {
    const bench = await createBench();
    const answer = await bench.ask(bench.build({ csr: { extraExtensions: [extension] } }), 'intune');
    expect(answer.outcome).toBe('SUCCESS');
    const { extensions, der } = issuedBy(answer);
    expect(extensions.map(({ oid: type }) => type).filter((type) => !ALLOWED.includes(type))).toEqual([]);
    expect(Buffer.from(der).includes('evil.example')).toBe(false);
    expect(Buffer.from(der).includes(Buffer.alloc(20, 0xee))).toBe(false);
    expect(linesWith(bench, 'note=extension-ignored')).toHaveLength(1);
    expectStripped(bench, 'extension-ignored');
  });
});

const authority = { oid: OID.basicConstraints, critical: true, value: sequence(boolean(true)) };
const REFUSED = {
  'to be a CA': [{ extraExtensions: [authority] }, 'ERR_EXTENSION'],
  'to be a CA with a path length': [
    { extraExtensions: [{ ...authority, value: sequence(boolean(true), integer(0)) }] },
    'ERR_EXTENSION',
  ],
  'to be a CA in sloppy DER': [
    { extraExtensions: [{ ...authority, value: sequence(encode(TAG.boolean, Uint8Array.of(1))) }] },
    'ERR_EXTENSION',
  ],
  'to sign certificates': [{ keyUsage: ['digitalSignature', 'keyCertSign'] }, 'ERR_KEY_USAGE'],
  'to sign CRLs': [{ keyUsage: ['digitalSignature', 'cRLSign'] }, 'ERR_KEY_USAGE'],
  'any purpose': [{ extendedKeyUsage: ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0'] }, 'ERR_EXTENDED_KEY_USAGE'],
  'smart card logon': [{ extendedKeyUsage: ['1.3.6.1.4.1.311.20.2.2'] }, 'ERR_EXTENDED_KEY_USAGE'],
  'to enroll for others': [{ extendedKeyUsage: ['1.3.6.1.4.1.311.20.2.1'] }, 'ERR_EXTENDED_KEY_USAGE'],
  'to answer OCSP': [{ extendedKeyUsage: ['1.3.6.1.5.5.7.3.9'] }, 'ERR_EXTENDED_KEY_USAGE'],
  'to sign code': [{ extendedKeyUsage: ['1.3.6.1.5.5.7.3.3'] }, 'ERR_EXTENDED_KEY_USAGE'],
} as const;

describe('refused', () => {
  it.each(Object.entries(REFUSED))('%s', async (_name, [csr, code]) => {
    const bench = await createBench();
    expect((await bench.ask(bench.build({ csr }), 'intune')).outcome).toBe('FAILURE badRequest');
    expectAlert(bench, code);
    expect(bench.store.records.size).toBe(0);
  });
});

it('what is issued is an end entity, says openssl', async () => {
  const bench = await createBench();
  const { der } = issuedBy(await bench.ask(bench.build(), 'intune'));
  expect(certificateText(der)).toContain('CA:FALSE');
});
