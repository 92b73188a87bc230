import { describe, expect, it } from 'vitest';
import {
  assertNamed,
  assertSubjectAttributes,
  refuseIssuerName,
  refuseProtectedCommonName,
} from '../../../../lib/issuance/names/subject.js';
import { encode, oid, sequence, setOf, TAG, utf8String } from '../../../../lib/pki/der.js';
import { formatName } from '../../../../lib/pki/name.js';
import { codeOf, detailOf } from '../../../support/error-code.js';
import { ISSUER, ruleRequest, type RuleInput } from '../../../support/issuance.js';
import { altNames } from '../../../support/request-builder.js';

const attributes =
  (subject: string | Uint8Array, profile: RuleInput['profile'] = {}) =>
  () => {
    assertSubjectAttributes(ruleRequest({ request: { subject }, profile }).request);
  };
const one = (type: string, value: Uint8Array) => sequence(setOf([sequence(oid(type), value)]));

describe('assertSubjectAttributes', () => {
  it.each([
    'CN=device,OU=Devices,O=Contoso,L=Berlin,ST=Berlin,STREET=Unter den Linden 1,POSTALCODE=10117,C=DE',
    'CN=device,SERIALNUMBER=ABC-123,E=a@b.example,DC=contoso,DC=com,UID=u1,G=Ada,SN=Lovelace,T=Dr',
    'CN=Ünïcode 東京 \\, Ltd.',
    `CN=${'x'.repeat(64)}`,
    `CN=${'😀'.repeat(64)}`,
    `L=${'x'.repeat(128)}`,
  ])('takes %s', (subject) => {
    expect(codeOf(attributes(subject))).toBeUndefined();
  });

  it.each([
    [`CN=${'x'.repeat(65)}`, 'CN is longer than 64 characters'],
    [`CN=${'😀'.repeat(65)}`, 'CN is longer than 64 characters'],
    [`O=${'x'.repeat(65)}`, 'O is longer than 64 characters'],
    [`ST=${'x'.repeat(129)}`, 'ST is longer than 128 characters'],
    [`SERIALNUMBER=${'1'.repeat(65)}`, 'SERIALNUMBER is longer than 64 characters'],
    ['C=DEU', 'C is not two letters'],
    ['C=1A', 'C is not two letters'],
    ['1.2.3.4=x', '1.2.3.4 is not allowed'],
    ['CN=a\u0000b', 'CN holds a control character'],
    ['CN=a\nb', 'CN holds a control character'],
    ['CN=a\u202eb', 'CN holds a control character'],
  ])('refuses %j', (subject, detail) => {
    const encoded = subject.startsWith('CN=a') ? one('2.5.4.3', utf8String(subject.slice(3))) : subject;
    expect(codeOf(attributes(encoded))).toBe('ERR_SUBJECT');
    expect(detailOf(attributes(encoded))).toBe(detail);
  });

  it.each([
    ['an empty value', one('2.5.4.3', utf8String('')), 'CN is empty'],
    ['a byte order mark', one('2.5.4.3', utf8String('\ufeffdevice')), 'CN holds a control character'],
    [
      'half a character',
      one('2.5.4.3', encode(TAG.bmpString, Uint8Array.of(0xd8, 0))),
      'CN holds a control character',
    ],
    ['an empty relative name', sequence(setOf([])), 'empty relative name'],
  ])('refuses %s', (_, subject, detail) => {
    expect(detailOf(attributes(subject))).toBe(detail);
  });

  it('follows the profile', () => {
    expect(codeOf(attributes('1.2.3.4=x', { subjectAttributes: ['1.2.3.4'] }))).toBeUndefined();
    expect(detailOf(attributes('CN=x,O=y', { subjectAttributes: ['CN'] }))).toBe('O is not allowed');
  });
});

describe('assertNamed', () => {
  const named = (request: RuleInput['request']) =>
    codeOf(() => {
      assertNamed(ruleRequest({ request: request ?? {} }).request);
    });

  it('lets the subject be empty if there are alternative names', () => {
    expect(named({ subject: '', extensions: [altNames(['dns', 'device.contoso.com'])] })).toBeUndefined();
    expect(named({ subject: 'CN=x' })).toBeUndefined();
    expect(named({ subject: '' })).toBe('ERR_SUBJECT');
  });
});

describe('refuseIssuerName', () => {
  const subjectIs = (subject: string) =>
    codeOf(() => {
      refuseIssuerName(ruleRequest({ request: { subject } }).request);
    });

  it('refuses the name of the CA in any case', () => {
    const name = formatName(ISSUER.certificate.subject);
    expect(subjectIs(name)).toBe('ERR_SUBJECT');
    expect(subjectIs(name.toLowerCase().replace('cn=', 'CN=').replace('o=', 'O='))).toBe('ERR_SUBJECT');
    expect(subjectIs('CN=device')).toBeUndefined();
  });
});

describe('refuseProtectedCommonName', () => {
  const commonName = (subject: string, protectedDomains = ['corp.contoso.com']) =>
    codeOf(() => {
      refuseProtectedCommonName(ruleRequest({ request: { subject }, profile: { protectedDomains } }).request);
    });

  it.each([
    'CN=dc01.corp.contoso.com',
    'CN=DC01.CORP.CONTOSO.COM',
    'CN=corp.contoso.com',
    'CN=dc01.corp.contoso.com.',
    'CN=dc01．corp。contoso.com',
    'CN=device,O=x,CN=dc01.corp.contoso.com',
  ])('refuses %s', (subject) => {
    expect(commonName(subject)).toBe('ERR_SUBJECT');
  });

  it.each([
    'CN=dc01',
    'CN=dc01.notcorp.contoso.com',
    'CN=corp.contoso.com.evil.example',
    'OU=corp.contoso.com',
  ])('takes %s', (subject) => {
    expect(commonName(subject)).toBeUndefined();
  });

  it('is off without protected domains', () => {
    expect(commonName('CN=dc01.corp.contoso.com', [])).toBeUndefined();
  });
});
