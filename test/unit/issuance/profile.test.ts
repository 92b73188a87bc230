import { describe, expect, it } from 'vitest';
import { createProfile, type ProfileConfig } from '../../../lib/issuance/profile.js';
import { OID } from '../../../lib/pki/oids.js';
import { codeOf, detailOf } from '../../support/error-code.js';

const create = (config: Partial<ProfileConfig> = {}) => createProfile({ name: 'intune', ...config });

describe('createProfile', () => {
  it('has the defaults that the settings page tells', () => {
    const profile = create();
    expect(profile).toMatchObject({
      maxValidityDays: 365,
      defaultValidityDays: 365,
      backdateMinutes: 1440,
      jitterPercent: 0,
      rsaBits: { min: 2048, max: 4096 },
      protectedDomains: [],
      allowSidUri: false,
      keyUsage: ['digitalSignature', 'keyEncipherment'],
      defaultExtendedKeyUsage: [OID.clientAuth],
      urls: { ocsp: [], caIssuers: [], crl: [] },
    });
    expect([...profile.subjectAltNames]).toEqual(['dns', 'email', 'uri', 'ip', 'upn']);
    expect([...profile.extendedKeyUsage]).toEqual([
      OID.clientAuth,
      OID.serverAuth,
      OID.emailProtection,
      '1.3.6.1.5.5.7.3.17',
      '1.3.6.1.5.5.7.3.14',
    ]);
    for (const type of ['2.5.4.3', '2.5.4.10', '2.5.4.5', '0.9.2342.19200300.100.1.25'])
      expect(profile.subjectAttributes.has(type)).toBe(true);
  });

  it('takes names and OIDs, and tidies domains', () => {
    const profile = create({
      maxValidityDays: 90,
      subjectAttributes: ['CN', '1.2.3.4'],
      extendedKeyUsage: ['serverAuth', '1.3.6.1.4.1.311.10.3.4'],
      protectedDomains: ['Corp.Contoso.com', '*.dc.example', '.lab.example.'],
    });
    expect(profile.defaultValidityDays).toBe(90);
    expect([...profile.subjectAttributes]).toEqual(['2.5.4.3', '1.2.3.4']);
    expect([...profile.extendedKeyUsage]).toEqual([OID.serverAuth, '1.3.6.1.4.1.311.10.3.4']);
    expect(profile.defaultExtendedKeyUsage).toEqual([OID.serverAuth]);
    expect(profile.protectedDomains).toEqual(['corp.contoso.com', 'dc.example', 'lab.example']);
  });

  it('cannot be changed', () => {
    const profile = create();
    expect(Object.isFrozen(profile)).toBe(true);
    expect(Object.isFrozen(profile.urls)).toBe(true);
    expect(Object.isFrozen(profile.defaultExtendedKeyUsage)).toBe(true);
  });

  it.each<[string, Partial<ProfileConfig>]>([
    ['name', { name: ' ' }],
    ['maxValidityDays', { maxValidityDays: 0 }],
    ['maxValidityDays', { maxValidityDays: 3651 }],
    ['maxValidityDays', { maxValidityDays: 1.5 }],
    ['maxValidityDays', { maxValidityDays: '365' as unknown as number }],
    ['defaultValidityDays', { maxValidityDays: 30, defaultValidityDays: 31 }],
    ['backdateMinutes', { backdateMinutes: -1 }],
    ['jitterPercent', { jitterPercent: 51 }],
    ['rsaBits.min', { rsaBits: { min: 1024 } }],
    ['rsaBits.min', { rsaBits: { min: 4096, max: 2048 } }],
    ['rsaBits.max', { rsaBits: { max: 16_384 } }],
    ['subjectAttributes', { subjectAttributes: [] }],
    ['subjectAttributes', { subjectAttributes: ['CommonName'] }],
    ['subjectAltNames', { subjectAltNames: ['directory' as 'dns'] }],
    ['protectedDomains', { protectedDomains: ['not a domain'] }],
    ['protectedDomains', { protectedDomains: [''] }],
    ['keyUsage', { keyUsage: ['keyCertSign' as 'digitalSignature'] }],
    ['keyUsage', { keyUsage: [] }],
    ['anyExtendedKeyUsage', { extendedKeyUsage: ['clientAuth', '2.5.29.37.0'] }],
    ['OCSPSigning', { extendedKeyUsage: ['clientAuth', OID.ocspSigning] }],
    ['certificateRequestAgent', { extendedKeyUsage: ['clientAuth', OID.certificateRequestAgent] }],
    ['anyExtendedKeyUsage', { defaultExtendedKeyUsage: [OID.anyExtendedKeyUsage] }],
    ['extendedKeyUsage', { extendedKeyUsage: ['everything'] }],
    ['extendedKeyUsage', { extendedKeyUsage: [] }],
    [
      'defaultExtendedKeyUsage',
      { extendedKeyUsage: ['serverAuth'], defaultExtendedKeyUsage: ['clientAuth'] },
    ],
    ['defaultExtendedKeyUsage', { defaultExtendedKeyUsage: [] }],
    ['urls.ocsp', { urls: { ocsp: ['ldap://ca.example'] } }],
    ['urls.caIssuers', { urls: { caIssuers: ['ca.example'] } }],
    ['urls.crl', { urls: { crl: ['http://ca.example/a b'] } }],
  ])('refuses a wrong %s', (setting, config) => {
    expect(codeOf(() => create(config))).toBe('ERR_CONFIG');
    expect(detailOf(() => create(config))).toContain(setting);
  });

  it('tells everything that is wrong at once', () => {
    const detail = detailOf(() => create({ maxValidityDays: 0, jitterPercent: 99, urls: { crl: ['x'] } }));
    expect(detail).toMatch(/profile intune: .*maxValidityDays.*jitterPercent.*urls\.crl/);
  });
});
