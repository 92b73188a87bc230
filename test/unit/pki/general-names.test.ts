import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../lib/base/bytes.js';
import {
  context,
  contextPrimitive,
  oid,
  printableString,
  sequence,
  utf8String,
} from '../../../lib/pki/der.js';
import { encodeGeneralName, formatGeneralName, readGeneralNames } from '../../../lib/pki/general-names.js';
import { encodeName } from '../../../lib/pki/name.js';
import { OID } from '../../../lib/pki/oids.js';
import { codeOf } from '../../support/error-code.js';
import { openssl } from '../../support/openssl.js';
import { altNames, buildRequest } from '../../support/request-builder.js';

const readOne = (der: Uint8Array) => readGeneralNames(sequence(der))[0];

describe('GeneralNames', () => {
  it.each([
    ['dns', 'a.example', '8209612E6578616D706C65'],
    ['email', 'a@b.example', '810B6140622E6578616D706C65'],
    ['uri', 'urn:a:b', '860775726E3A613A62'],
    ['ip', '192.0.2.1', '8704C0000201'],
    ['ip', '2001:db8::1', '871020010DB8000000000000000000000001'],
    ['ip', '::', '871000000000000000000000000000000000'],
    ['upn', 'a@b', 'A013060A2B060104018237140203A0050C03614062'],
  ] as const)('%s %s is written and read back', (kind, value, hex) => {
    const der = encodeGeneralName(kind, value);
    expect(toHex(der)).toBe(hex);
    expect(readOne(der)).toEqual({ kind, value, der });
  });

  it('are what openssl reads', () => {
    const text = openssl(
      ['req', '-inform', 'DER', '-noout', '-text'],
      buildRequest({
        extensions: [
          altNames(
            ['dns', 'device.contoso.com'],
            ['email', 'a@contoso.com'],
            ['uri', 'urn:x:y'],
            ['ip', '192.0.2.1'],
            ['ip', '2001:db8::1'],
            ['upn', 'user@contoso.com'],
          ),
        ],
      }),
    );
    expect(text).toContain(
      'DNS:device.contoso.com, email:a@contoso.com, URI:urn:x:y, IP Address:192.0.2.1, ' +
        'IP Address:2001:DB8:0:0:0:0:0:1, othername: UPN::user@contoso.com',
    );
  });

  it('keeps every IPv6 address', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (octets) => {
        const value = readOne(contextPrimitive(7, octets))?.value ?? '';
        expect(toHex(encodeGeneralName('ip', value))).toBe(`8710${toHex(octets)}`);
      }),
    );
  });

  it.each([
    ['otherName:1.2.3', context(0, oid('1.2.3'), context(0, utf8String('x')))],
    ['tag:4', context(4, encodeName('CN=x'))],
    ['tag:8', contextPrimitive(8, fromHex('2A03'))],
    ['tag:3', context(3, utf8String('x'))],
  ])('reads what it has no rule for as other: %s', (value, der) => {
    expect(readOne(der)).toEqual({ kind: 'other', value, der });
  });

  it.each([
    ['an address of three octets', contextPrimitive(7, new Uint8Array(3))],
    ['a DNS name that is not ASCII', contextPrimitive(2, Buffer.from('zürich.example'))],
    [
      'a UPN that is no UTF8String',
      context(0, oid(OID.msUserPrincipalName), context(0, printableString('a@b'))),
    ],
    [
      'a UPN with something after it',
      context(0, oid(OID.msUserPrincipalName), context(0, utf8String('a'), utf8String('b'))),
    ],
    [
      'an otherName of three parts',
      context(0, oid(OID.msUserPrincipalName), context(0, utf8String('a@b')), context(1, utf8String('c@d'))),
    ],
    ['an otherName without a value', context(0, oid('1.2.3'))],
  ])('refuses %s', (_, der) => {
    expect(codeOf(() => readOne(der))).toBe('ERR_DER');
  });

  it('refuses an empty list and trailing octets', () => {
    expect(codeOf(() => readGeneralNames(sequence()))).toBe('ERR_DER');
    const names = sequence(encodeGeneralName('dns', 'a'));
    expect(codeOf(() => readGeneralNames(Buffer.concat([names, names])))).toBe('ERR_DER');
  });

  it.each([
    ['dns', 'zürich.example'],
    ['ip', '192.0.2'],
    ['ip', 'fe80::1%eth0'],
  ] as const)('does not write the %s %s', (kind, value) => {
    expect(codeOf(() => encodeGeneralName(kind, value))).toBe('ERR_SAN');
  });

  it('has a text form', () => {
    expect(formatGeneralName({ kind: 'upn', value: 'user@contoso.com', der: new Uint8Array() })).toBe(
      'upn:user@contoso.com',
    );
  });
});
