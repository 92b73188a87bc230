import type { KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAndroidDevice } from '../../../dev/devices/android.js';
import { createAppleDevice } from '../../../dev/devices/apple.js';
import type { MobileProfile } from '../../../dev/devices/mobile-profile.js';
import { generateRsaKey, OID, publicKeyDer } from '../../../dev/scep-client/index.js';
import {
  createFakeAuthority,
  createFakeServer,
  type FakeAuthority,
  type FakeServerOptions,
} from '../scep-client/fake-scep-server.js';

const PROFILE: MobileProfile = {
  url: 'http://127.0.0.1/scep',
  challenge: 'PENlcnRFbnJvbGxUb2tlbj4=',
  subject: 'CN=phone,O=Contoso',
  subjectAltNames: [{ type: 'uri', value: 'IntuneDeviceId://1' }],
  keyUsage: 160,
  extendedKeyUsage: [OID.clientAuth, OID.emailProtection],
  keyLength: 2048,
  validity: { period: 'Years', units: 1 },
};

let authority: FakeAuthority;
let made: KeyObject[] = [];

beforeAll(async () => {
  authority = await createFakeAuthority();
  made = await Promise.all([generateRsaKey(), generateRsaKey()]);
});

/** Hands the two keys out in turn. */
const keys = () => {
  const rest = [...made];
  return () => Promise.resolve(rest.shift() ?? made[0] ?? fail());
};
const fail = (): never => {
  throw new Error('no key');
};

const ALL = 'AES\nDES3\nPOSTPKIOperation\nSHA-256\nSHA-512\n';

function setUp(create: typeof createAppleDevice, options: FakeServerOptions = { capabilities: ALL }) {
  const server = createFakeServer(authority, options);
  return { server, device: create({ fetch: server.fetch, keys: keys() }) };
}

describe('an Apple device', () => {
  it('signs with a throw-away identity of another key and name, in BER, with a short nonce and no validity', async () => {
    const { server, device } = setUp(createAppleDevice);
    const result = await device.enroll(PROFILE);
    expect(result.status).toBe('SUCCESS');
    const [message] = server.messages;
    const [request] = server.requests;
    expect(message?.signerCertificate?.subject).toBe('CN=MDM SCEP SIGNER,C=US');
    expect(message?.signerCertificate?.keyUsage).toEqual(['digitalSignature']);
    expect(message?.signerCertificate?.serialHex).toBe('01');
    expect(message?.signerCertificate?.spki).not.toEqual(request?.spki);
    expect(request?.spki).toEqual(publicKeyDer(made[0] ?? fail()));
    expect(message?.senderNonce).toHaveLength(8);
    // The length octet 0x80: indefinite.
    expect(message?.envelope?.[1]).toBe(0x80);
    expect(request?.nameValuePairs).toEqual([]);
    expect(request?.extendedKeyUsage).toEqual([OID.clientAuth]);
    expect(message?.transactionId).toMatch(/^[0-9A-F]{40}$/);
    expect(server.log).toEqual([
      'GET /scep?operation=GetCACaps&message=',
      'GET /scep?operation=GetCACert&message=',
      'POST /scep?operation=PKIOperation',
    ]);
  });

  it('uses GET, with + and / as they are, where POST is not advertised', async () => {
    const urls: string[] = [];
    const server = createFakeServer(authority, { capabilities: 'AES\nSHA-256\n' });
    const device = createAppleDevice({
      fetch: (url, init) => {
        urls.push(url);
        // The fake server decodes the query as a form would; a plus sign has to reach it as one.
        return server.fetch(url.replaceAll('+', '%2B'), init);
      },
      keys: keys(),
    });
    expect((await device.enroll(PROFILE)).status).toBe('SUCCESS');
    const [, , operation = ''] = urls;
    expect(operation).toContain('operation=PKIOperation&message=MI');
    expect(operation).toMatch(/[+/]/);
    expect(operation).not.toMatch(/%2B|%2F/);
    expect(server.log[2]).toMatch(/^GET /);
  });
});

describe('an Android device', () => {
  it('asks with message=ca, in BER and SHA-512, with the values of the validity swapped', async () => {
    const { server, device } = setUp(createAndroidDevice);
    expect((await device.enroll(PROFILE)).status).toBe('SUCCESS');
    const [message] = server.messages;
    const [request] = server.requests;
    expect(server.log.slice(0, 2)).toEqual([
      'GET /scep?operation=GetCACaps&message=ca',
      'GET /scep?operation=GetCACert&message=ca',
    ]);
    expect(Object.fromEntries(request?.nameValuePairs ?? [])).toEqual({
      ValidityPeriod: '1',
      ValidityPeriodUnits: 'Years',
    });
    expect(message?.envelope?.[1]).toBe(0x80);
    expect(message?.signer.digest).toBe('sha512');
    expect(request?.extendedKeyUsage).toEqual([OID.clientAuth, OID.emailProtection]);
    expect(message?.signerCertificate?.spki).toEqual(request?.spki);
  });

  it('makes do with SHA-256 and triple DES', async () => {
    const { server, device } = setUp(createAndroidDevice, { capabilities: 'POSTPKIOperation\nSHA-256\n' });
    expect((await device.enroll(PROFILE)).status).toBe('SUCCESS');
    expect(server.messages[0]?.signer.digest).toBe('sha256');
  });
});
