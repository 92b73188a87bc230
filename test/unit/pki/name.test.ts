import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../lib/base/bytes.js';
import { children, encode, oid, readWhole, sequence, setOf, TAG, utf8String } from '../../../lib/pki/der.js';
import { encodeName, formatName, readName } from '../../../lib/pki/name.js';
import { codeOf } from '../../support/error-code.js';
import { buildRequest } from '../../support/request-builder.js';
import { openssl } from '../../support/openssl.js';

const read = (der: Uint8Array) => readName(readWhole(der));

const attribute = (type: string, value: Uint8Array) => setOf([sequence(oid(type), value)]);

describe('encodeName', () => {
  it('puts the first attribute last, as RFC 4514 section 2.1 has it', () => {
    const { rdns } = read(encodeName('CN=Issuing CA,O=Contoso,C=DE'));
    expect(rdns).toEqual([
      [{ type: '2.5.4.6', value: 'DE' }],
      [{ type: '2.5.4.10', value: 'Contoso' }],
      [{ type: '2.5.4.3', value: 'Issuing CA' }],
    ]);
  });

  it.each([
    ['C=DE', TAG.printableString],
    ['SERIALNUMBER=42', TAG.printableString],
    ['DC=example', TAG.ia5String],
    ['E=a@b.example', TAG.ia5String],
    ['emailAddress=a@b.example', TAG.ia5String],
    ['CN=Zürich', TAG.utf8String],
    ['1.2.3.4=x', TAG.utf8String],
  ])('%s has the string type %i', (text, tag) => {
    const [rdn] = children(readWhole(encodeName(text)));
    const [pair] = rdn ? children(rdn) : [];
    const [, value] = pair ? children(pair) : [];
    expect(value?.tag).toBe(tag);
  });

  it('is read by openssl as it was meant', () => {
    const text = openssl(
      ['req', '-inform', 'DER', '-noout', '-subject', '-nameopt', 'RFC2253,utf8,-esc_msb'],
      buildRequest({ subject: 'CN=Müller\\, Ärzte,OU=a+b,O=Contoso,C=DE' }),
    );
    expect(text.trim()).toBe('subject=CN=Müller\\, Ärzte,OU=a\\+b,O=Contoso,C=DE');
  });

  it.each([
    ['CN=M\\C3\\BCller CA', 'Müller CA'],
    ['CN=\\F0\\9f\\90\\9D', '🐝'],
    ['CN=a\\2Cb\\, c', 'a,b, c'],
    ['CN=\\\\41', '\\41'],
    ['CN=a\\00b', 'a\0b'],
    ['CN=\\"a\\"', '"a"'],
  ])('reads %s as RFC 4514 section 2.4 has it', (text, value) => {
    expect(read(encodeName(text)).rdns).toEqual([[{ type: '2.5.4.3', value }]]);
  });

  it('takes the text that openssl prints by default', () => {
    const der = buildRequest({ subject: 'CN=Müller\\, Ärzte' });
    const printed = openssl(['req', '-inform', 'DER', '-noout', '-subject', '-nameopt', 'RFC2253'], der);
    expect(printed.trim()).toBe('subject=CN=M\\C3\\BCller\\, \\C3\\84rzte');
    expect(formatName(read(encodeName(printed.trim().slice('subject='.length))))).toBe('CN=Müller\\, Ärzte');
  });

  it('comes back from its own text', () => {
    const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), (values) => {
        const name = sequence(...values.map((text) => attribute('2.5.4.3', utf8String(text))));
        expect(toHex(encodeName(formatName(read(name))))).toBe(toHex(name));
      }),
    );
  });

  it.each([
    ...['', 'CN', 'CN=a,b', 'nonsense=1', '=a', 'CN=a\\'],
    ...['CN=\\FF', 'C=Germany', 'C=', 'C=4711', `CN=${'é'.repeat(65)}`],
  ])('refuses %j', (text) => {
    expect(codeOf(() => encodeName(text))).toBe('ERR_SUBJECT');
  });
});

describe('readName', () => {
  it('keeps the octets, whatever the string types', () => {
    const der = sequence(
      attribute('2.5.4.10', encode(TAG.t61String, Uint8Array.of(0xfc))),
      attribute('2.5.4.3', encode(TAG.bmpString, fromHex('0041'))),
    );
    const name = read(der);
    expect(name.der).toEqual(der);
    expect(formatName(name)).toBe('CN=A,O=ü');
  });

  it('reads relative names of several attributes', () => {
    const rdn = setOf([
      sequence(oid('2.5.4.3'), utf8String('device')),
      sequence(oid('2.5.4.5'), utf8String('42')),
    ]);
    expect(formatName(read(sequence(rdn)))).toBe('SERIALNUMBER=42+CN=device');
  });

  it('reads the empty name', () => {
    expect(read(sequence())).toMatchObject({ rdns: [] });
    expect(formatName(read(sequence()))).toBe('');
  });

  it.each([
    ['a value of no text type', sequence(attribute('2.5.4.3', encode(TAG.integer, Uint8Array.of(1))))],
    [
      'something after the value',
      sequence(setOf([sequence(oid('2.5.4.3'), utf8String('a'), utf8String('b'))])),
    ],
    ['a SEQUENCE for the SET', sequence(sequence(sequence(oid('2.5.4.3'), utf8String('a'))))],
    ['more than 4096 octets', sequence(attribute('2.5.4.3', utf8String('a'.repeat(4096))))],
    ['more than 32 relative names', sequence(...Array.from({ length: 33 }, () => setOf([])))],
  ])('refuses %s', (_, der) => {
    expect(codeOf(() => read(der))).toBe('ERR_DER');
  });
});

describe('formatName', () => {
  it.each([
    ['a,b', 'CN=a\\,b'],
    ['#a', 'CN=\\#a'],
    [' a ', 'CN=\\ a\\ '],
    ['a"b<c>d;e=f+g\\h', 'CN=a\\"b\\<c\\>d\\;e\\=f\\+g\\\\h'],
    ['a\0b', 'CN=a\\00b'],
  ])('escapes %j', (value, text) => {
    expect(formatName(read(sequence(attribute('2.5.4.3', utf8String(value)))))).toBe(text);
  });

  it('names unknown types by their OID', () => {
    expect(formatName(read(sequence(attribute('1.2.3', utf8String('x')))))).toBe('1.2.3=x');
  });
});
