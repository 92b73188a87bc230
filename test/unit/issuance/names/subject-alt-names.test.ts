import { describe, expect, it } from 'vitest';
import { shapeSubjectAltNames } from '../../../../lib/issuance/names/subject-alt-names.js';
import type { ProfileConfig } from '../../../../lib/issuance/profile.js';
import { context, contextPrimitive, oid, utf8String } from '../../../../lib/pki/der.js';
import { subjectAltName } from '../../../../lib/pki/extensions.js';
import { formatGeneralName, type GeneralNameKind } from '../../../../lib/pki/general-names.js';
import { encodeName } from '../../../../lib/pki/name.js';
import { codeOf, detailOf } from '../../../support/error-code.js';
import { ruleRequest } from '../../../support/issuance.js';
import { altNames } from '../../../support/request-builder.js';

type Name = readonly [Exclude<GeneralNameKind, 'other'>, string];

const shape = (names: readonly Name[] | Uint8Array, profile: Partial<ProfileConfig> = {}) =>
  shapeSubjectAltNames(
    ruleRequest({
      request: { extensions: [names instanceof Uint8Array ? names : altNames(...names)] },
      profile,
    }).request,
  );

const DEVICE_ID = '0a5b3c86-6ac0-4a3c-9a3e-1e0ccf0f2a3b';
const SID = 'tag:microsoft.com,2022-09-14:sid:S-1-5-21-1004336348-1177238915-682003330-512';

describe('names', () => {
  it('are taken as they came, in order', () => {
    const names = shape([
      ['uri', `IntuneDeviceId://${DEVICE_ID}`],
      ['upn', 'User@Contoso.com'],
      ['dns', 'device.contoso.com'],
      ['email', 'user@contoso.com'],
      ['ip', '2001:db8::1'],
    ]);
    expect(names.map(formatGeneralName)).toEqual([
      `uri:IntuneDeviceId://${DEVICE_ID}`,
      'upn:User@Contoso.com',
      'dns:device.contoso.com',
      'email:user@contoso.com',
      'ip:2001:db8::1',
    ]);
  });

  it('may be absent', () => {
    expect(shapeSubjectAltNames(ruleRequest().request)).toEqual([]);
  });

  it('are at most 32', () => {
    const many = (count: number): Name[] =>
      Array.from({ length: count }, (_, i) => ['dns', `d${String(i)}.example`]);
    expect(shape(many(32))).toHaveLength(32);
    expect(detailOf(() => shape(many(33)))).toBe('more than 32 names');
  });
});

describe('kinds', () => {
  it('follow the profile', () => {
    const onlyUri = { subjectAltNames: ['uri'] as const };
    expect(shape([['uri', 'urn:a:b']], onlyUri)).toHaveLength(1);
    expect(codeOf(() => shape([['dns', 'a.example']], onlyUri))).toBe('ERR_SAN');
    expect(detailOf(() => shape([['dns', 'a.example']], onlyUri))).toBe('dns is not allowed');
  });

  it.each([
    ['a directory name', context(4, encodeName('CN=x')), 'tag:4 is not allowed'],
    ['a registered id', contextPrimitive(8, Uint8Array.of(0x2a, 3)), 'tag:8 is not allowed'],
    [
      'the object GUID of a domain controller',
      context(0, oid('1.3.6.1.4.1.311.25.1'), context(0, utf8String('x'))),
      'otherName:1.3.6.1.4.1.311.25.1 is not allowed',
    ],
  ])('never include %s', (_, name, detail) => {
    expect(codeOf(() => shape(subjectAltName([name])))).toBe('ERR_SAN');
    expect(detailOf(() => shape(subjectAltName([name])))).toBe(detail);
  });
});

describe('syntax', () => {
  const cases: Record<string, { good: readonly string[]; bad: readonly string[] }> = {
    dns: {
      good: ['a', 'a.example', 'xn--zrich-kva.example', '1a.2b.example', `${'a'.repeat(63)}.example`],
      bad: [
        '', '.', 'a.', '.a', 'a..b', '-a.example', 'a-.example', 'a_b.example', '*.example', 'a b', 'a\0b.example',
        '192.0.2.1', `${'a'.repeat(64)}.example`, Array.from({ length: 64 }, () => 'abc').join('.'), '{{DeviceName}}',
      ],
    },
    email: {
      good: ['user@contoso.com', 'first.last+tag@sub.contoso.com', "o'neil@contoso.com"],
      bad: [
        '', 'user', 'user@', '@contoso.com', 'a@b@c.example', 'User <user@contoso.com>', '"a b"@contoso.com',
        'user@contoso..com', 'user\0@contoso.com', `${'a'.repeat(65)}@contoso.com`,
      ],
    },
    uri: {
      good: [`IntuneDeviceId://${DEVICE_ID}`, 'urn:uuid:1', 'https://contoso.com/a?b=c#d', 'spiffe://contoso.com/x', 'a:%20'],
      bad: ['', 'relative/path', '//contoso.com', 'IntuneDeviceId://{{DeviceId}}', 'http://a b', 'a:\0', 'a:%2', 'a:', `a:${'b'.repeat(2047)}`],
    },
    upn: {
      good: ['user@contoso.com', 'Jürgen@contoso.com', 'user@contoso', 'a.b-c_d@x.onmicrosoft.com', 'a$b@contoso.com'],
      bad: ['', 'user', 'user@', '@contoso.com', 'a@b@c', 'a b@contoso.com', 'DC01$@contoso.com', 'a\0@contoso.com', 'a\u202e@contoso.com', 'a@b/c', `${'a'.repeat(1020)}@b.example`],
    },
  }; // prettier-ignore

  for (const [kind, { good, bad }] of Object.entries(cases) as [Name[0], (typeof cases)[string]][]) {
    it.each(good)(`takes the ${kind} %j`, (value) => {
      expect(shape([[kind, value]])).toMatchObject([{ kind, value }]);
    });
    it.each(bad)(`refuses the ${kind} %j`, (value) => {
      expect(codeOf(() => shape([[kind, value]]))).toBe('ERR_SAN');
      expect(detailOf(() => shape([[kind, value]]))).toBe(`not a well-formed ${kind}`);
    });
  }
});

describe('protected domains', () => {
  const profile = { protectedDomains: ['corp.contoso.com'] };

  it.each(['corp.contoso.com', 'dc01.corp.contoso.com', 'DC01.Corp.Contoso.Com'])(
    'refuse the DNS name %s',
    (name) => {
      expect(detailOf(() => shape([['dns', name]], profile))).toBe('dns lies in a protected domain');
    },
  );

  it.each(['device.contoso.com', 'notcorp.contoso.com', 'corp.contoso.com.example'])(
    'leave %s alone',
    (name) => {
      expect(shape([['dns', name]], profile)).toHaveLength(1);
    },
  );

  it('leave users alone', () => {
    expect(shape([['upn', 'user@corp.contoso.com'], ['email', 'user@corp.contoso.com']], profile)).toHaveLength(2); // prettier-ignore
  });
});

describe('security identifiers', () => {
  it.each([
    SID,
    SID.toUpperCase(),
    SID.replace('microsoft', '%6Dicrosoft'),
    SID.replace('2022-09-14', '2022'),
    SID.replace('tag:', 'tag:x.'),
  ])('are refused: %s', (uri) => {
    expect(codeOf(() => shape([['uri', uri]]))).toBe('ERR_SAN');
    expect(detailOf(() => shape([['uri', uri]]))).toBe('uri carries a security identifier');
  });

  it('pass in their one form where the profile allows them, once', () => {
    const profile = { allowSidUri: true };
    expect(shape([['uri', SID]], profile)).toHaveLength(1);
    expect(codeOf(() => shape([['uri', SID.toUpperCase()]], profile))).toBe('ERR_SAN');
    expect(codeOf(() => shape([['uri', `${SID}x`]], profile))).toBe('ERR_SAN');
    expect(detailOf(() => shape([['uri', SID], ['uri', SID]], profile))).toBe('more than one security identifier'); // prettier-ignore
  });

  it('leave other tags alone', () => {
    expect(shape([['uri', 'tag:contoso.com,2026:device']])).toHaveLength(1);
  });
});

describe('who it is for', () => {
  it.each<[string, Name[]]>([
    ['user principal name', [['upn', 'a@contoso.com'], ['upn', 'b@contoso.com']]],
    ['Intune device id', [['uri', `IntuneDeviceId://${DEVICE_ID}`], ['uri', `intunedeviceid://${DEVICE_ID}`]]],
  ])('is one %s', (what, names) => {
    expect(codeOf(() => shape(names))).toBe('ERR_SAN');
    expect(detailOf(() => shape(names))).toBe(`more than one ${what}`);
  }); // prettier-ignore
});
