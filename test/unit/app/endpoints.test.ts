import { describe, expect, it } from 'vitest';
import { createEndpoints, othersThanIntune, type EndpointParts } from '../../../lib/app/endpoints.js';
import { parseSettings } from '../../../lib/app/settings.js';
import type { Validator } from '../../../lib/validators/validator.js';
import { codeOf, detailOf } from '../../support/error-code.js';

const named = (name: string): Validator => ({ name, validate: () => Promise.resolve({ granted: true }) });
const URLS = { ocsp: ['http://skep.test/ocsp'], caIssuers: [], crl: [] };

function create(environment: Record<string, string> = {}, parts: Partial<EndpointParts> = {}) {
  const result = parseSettings(environment);
  if ('problems' in result) throw new Error(result.problems.join());
  return createEndpoints({
    settings: result.settings,
    urls: URLS,
    renewal: named('renewal'),
    intune: named('intune'),
    ...parts,
  });
}
const further = (endpoints: unknown) => ({ SKEP_ENDPOINTS: JSON.stringify(endpoints) });

describe('built in', () => {
  it('is Intune alone, until a static challenge is set', () => {
    expect([...create().keys()]).toEqual(['intune']);
    expect([...create({ SKEP_STATIC_CHALLENGE: 'x' }).keys()]).toEqual(['intune', 'static']);
  });

  it('is not even Intune when that is off', () => {
    const { intune: _off, ...parts } = { intune: undefined, renewal: named('renewal') };
    const result = parseSettings({});
    if ('problems' in result) throw new Error('settings');
    expect(createEndpoints({ ...parts, settings: result.settings, urls: URLS }).size).toBe(0);
  });

  it('Intune: each challenge once, no renewal, nothing legacy, whatever the settings of the other are', () => {
    const endpoint = create({ SKEP_STATIC_LEGACY: 'true', SKEP_STATIC_RENEWAL: 'true' }).get('intune');
    expect(endpoint).toMatchObject({
      claimScope: 'challenge',
      replay: { otherKey: 'refuse' },
      legacy: false,
      validator: { name: 'intune' },
    });
    expect(endpoint?.renewal).toBeUndefined();
    expect(endpoint?.replay.windowMs).toBeUndefined();
  });

  it('Intune: another key supersedes where the setting says so', () => {
    const endpoint = create({ SKEP_CHALLENGE_OTHER_KEY: 'supersede' }).get('intune');
    expect(endpoint?.replay).toEqual({ otherKey: 'supersede' });
  });

  it('static: by request, within the window, with renewal', () => {
    const endpoint = create({ SKEP_STATIC_CHALLENGE: 'x', SKEP_REPLAY_WINDOW_MINUTES: '5' }).get('static');
    expect(endpoint).toMatchObject({
      claimScope: 'request',
      replay: { otherKey: 'refuse', windowMs: 300_000 },
      legacy: false,
      renewal: { name: 'renewal' },
      validator: { name: 'static' },
    });
  });

  it('static: renewal off, legacy on', () => {
    const endpoint = create({
      SKEP_STATIC_CHALLENGE: 'x',
      SKEP_STATIC_RENEWAL: 'false',
      SKEP_STATIC_LEGACY: 'true',
    }).get('static');
    expect(endpoint?.renewal).toBeUndefined();
    expect(endpoint?.legacy).toBe(true);
  });

  it('issues by the settings', () => {
    const settings = {
      SKEP_VALIDITY_DAYS: '30',
      SKEP_BACKDATE_MINUTES: '5',
      SKEP_PROTECTED_DOMAINS: 'corp.example',
      SKEP_EXTENDED_KEY_USAGES: 'clientAuth',
      SKEP_STATIC_CHALLENGE: 'x',
    };
    for (const { profile } of create(settings).values()) {
      expect(profile).toMatchObject({
        maxValidityDays: 30,
        backdateMinutes: 5,
        protectedDomains: ['corp.example'],
        urls: URLS,
      });
      expect([...profile.extendedKeyUsage]).toEqual(['1.3.6.1.5.5.7.3.2']);
    }
  });
});

describe('further endpoints', () => {
  it('static ones have their own challenge and differ where they say so', async () => {
    const endpoints = create(
      further({
        vpn: {
          validator: 'static',
          challenge: ['old', 'new'],
          validityDays: 7,
          legacy: true,
          allowSidUri: true,
        },
      }),
    );
    const vpn = endpoints.get('vpn');
    expect(vpn).toMatchObject({ name: 'vpn', legacy: true, claimScope: 'request' });
    expect(vpn?.renewal).toBeUndefined();
    expect(vpn?.profile).toMatchObject({ name: 'vpn', maxValidityDays: 7, allowSidUri: true });
    const ask = (challenge: string) =>
      vpn?.validator.validate({
        transactionId: 'T',
        csr: new Uint8Array(),
        challenge,
        signerCertificate: new Uint8Array(),
      });
    expect(await ask('old')).toEqual({ granted: true });
    expect(await ask('new')).toEqual({ granted: true });
    expect(await ask('other')).toMatchObject({ granted: false });
  });

  it('tells which are known not to be Intune’s, the built-in one also while it is off', () => {
    const configured = further({
      lab: { validator: 'intune' },
      vpn: { validator: 'static', challenge: 'x' },
    });
    expect(othersThanIntune(create(configured))).toEqual(new Set(['static', 'vpn']));
    expect(othersThanIntune(create({ SKEP_STATIC_CHALLENGE: 'x' }))).toEqual(new Set(['static']));
  });

  it('Intune ones are as the built-in one', () => {
    const wifi = create(further({ wifi: { validator: 'intune', subjectAltNames: ['uri'] } })).get('wifi');
    expect(wifi).toMatchObject({ name: 'wifi', claimScope: 'challenge', legacy: false });
    expect([...(wifi?.profile.subjectAltNames ?? [])]).toEqual(['uri']);
  });

  it.each([
    ['no JSON', '{'],
    ['a list', JSON.stringify([{ validator: 'intune' }])],
    ['a name in upper case', JSON.stringify({ VPN: { validator: 'intune' } })],
    ['a name that is a path', JSON.stringify({ '../x': { validator: 'intune' } })],
    ['the name intune', JSON.stringify({ intune: { validator: 'intune' } })],
    ['the name static', JSON.stringify({ static: { validator: 'static', challenge: 'hunter2' } })],
    ['no validator', JSON.stringify({ vpn: {} })],
    ['an unknown validator', JSON.stringify({ vpn: { validator: 'none' } })],
    ['a member that nobody reads', JSON.stringify({ vpn: { validator: 'intune', chalenge: 'hunter2' } })],
    ['static without a challenge', JSON.stringify({ vpn: { validator: 'static' } })],
    ['an empty challenge', JSON.stringify({ vpn: { validator: 'static', challenge: '' } })],
    ['no challenge in a list', JSON.stringify({ vpn: { validator: 'static', challenge: [] } })],
    ['Intune with a challenge', JSON.stringify({ vpn: { validator: 'intune', challenge: 'hunter2' } })],
    ['Intune with legacy', JSON.stringify({ vpn: { validator: 'intune', legacy: true } })],
    ['Intune with renewal', JSON.stringify({ vpn: { validator: 'intune', renewal: true } })],
    ['a life of ten thousand days', JSON.stringify({ vpn: { validator: 'intune', validityDays: 10_000 } })],
    ['half a day', JSON.stringify({ vpn: { validator: 'intune', validityDays: 0.5 } })],
    ['any purpose', JSON.stringify({ vpn: { validator: 'intune', extendedKeyUsages: ['2.5.29.37.0'] } })],
  ])('refuses %s, without telling a value', (_case, json) => {
    expect(codeOf(() => create({ SKEP_ENDPOINTS: json }))).toBe('ERR_CONFIG');
    expect(detailOf(() => create({ SKEP_ENDPOINTS: json }))).not.toContain('hunter2');
  });
});
