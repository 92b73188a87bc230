import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MutationName } from '../../../dev/intune/challenge/mutations.js';
import { MUTATIONS, MUTATION_NAMES } from '../../../dev/intune/challenge/mutations.js';
import { RESULT_CODES, type ActionResult } from '../../../dev/intune/codes.js';
import type { ScepProfile } from '../../../dev/intune/model.js';
import { DEFAULT_SWITCHES } from '../../../dev/intune/switches.js';
import { defaultSeed, SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import { resetState } from '../../../dev/intune/state.js';
import { parseRequest } from '../../../dev/intune/validate/csr.js';
import { PIPELINE, validateRequest } from '../../../dev/intune/validate/pipeline.js';
import { fromBase64, toBase64 } from '../../../lib/base/bytes.js';
import { ia5String, octetString, oid, sequence, setOf, utf8String } from '../../../lib/pki/der.js';
import { extendedKeyUsage, extension, keyUsage } from '../../../lib/pki/extensions.js';
import { OID } from '../../../lib/pki/oids.js';
import { mintSeeded, requestFor, SEED_EXTENSIONS } from '../../support/intune-simulator.js';
import {
  altNames,
  attribute,
  bmpString,
  buildRequest,
  rsaPublicKey,
  type RequestFields,
} from '../../support/request-builder.js';

let simulator: IntuneSimulator;
/** Every code that some test here has reached. */
const reached = new Set<string>();

beforeAll(async () => {
  simulator = await startIntuneSimulator();
});
afterEach(async () => {
  simulator.clock.reset();
  await resetState(simulator.state, defaultSeed());
});
afterAll(() => simulator.close());

async function validate(
  certificateRequest: string,
  tokenTenantId: string = SEED_IDS.tenant,
): Promise<ActionResult> {
  const { state, clock } = simulator;
  const result = await validateRequest({ state, clock, tokenTenantId, certificateRequest });
  reached.add(result.code);
  return result;
}

/** Validates an otherwise honest request. */
const validateWith = async (changes: RequestFields, mutation?: MutationName) =>
  validate(requestFor(await mintSeeded(simulator, mutation), changes));

const extensionsBut = (changes: Partial<Record<keyof typeof SEED_EXTENSIONS, Uint8Array | undefined>>) => ({
  extensions: Object.values({ ...SEED_EXTENSIONS, ...changes }).filter((one) => one !== undefined),
});

function editProfile(changes: Partial<ScepProfile>): void {
  const profile = simulator.state.profiles.get(SEED_IDS.profile);
  if (profile) Object.assign(profile, changes);
}

describe('validateRequest', () => {
  it('says Success to the honest request', async () => {
    expect(await validateWith({})).toEqual({ code: 'Success', errorDescription: '' });
  });

  it.each(MUTATION_NAMES)('answers the spoiled challenge %s as its meaning says', async (mutation) => {
    expect(await validateWith({}, mutation)).toMatchObject({ code: MUTATIONS[mutation].meaning });
  });

  it.each([
    ['PEM', '-----BEGIN CERTIFICATE REQUEST-----'],
    ['an empty text', ''],
    ['no PKCS#10', toBase64(sequence(utf8String('x')))],
  ])('CertificateRequestDecodingFailed: %s', async (_name, text) => {
    expect(await validate(text)).toMatchObject({ code: 'CertificateRequestDecodingFailed' });
  });

  it('CertificateRequestDecodingFailed: trailing bytes', async () => {
    const honest = fromBase64(requestFor(await mintSeeded(simulator)));
    expect(await validate(toBase64(Buffer.concat([honest, Buffer.of(0)])))).toMatchObject({
      code: 'CertificateRequestDecodingFailed',
    });
  });

  it('ChallengePasswordMissing: none, an empty one, two of them', async () => {
    const { challenge: _none, ...bare } = { challenge: '' };
    const two = attribute(OID.challengePassword, utf8String('a'), utf8String('b'));
    const requests = [
      buildRequest({ ...bare, extensions: Object.values(SEED_EXTENSIONS) }),
      buildRequest({ challenge: '' }),
      buildRequest({ attributes: [two] }),
    ];
    for (const der of requests) {
      expect(await validate(toBase64(der))).toMatchObject({ code: 'ChallengePasswordMissing' });
    }
  });

  it.each([
    ['ChallengeDecodingError', 'not base64!'],
    ['ChallengeDeserializationError', 'cGFzc3dvcmQ='],
    ['ChallengeDeserializationError', toBase64(Buffer.from('<!DOCTYPE x><CertEnrollToken/>'))],
  ])('%s: another password', async (code, challenge) => {
    expect(await validate(requestFor(challenge))).toMatchObject({ code });
  });

  it('BadTenantIdInChallenge: a token of another tenant', async () => {
    const request = requestFor(await mintSeeded(simulator));
    expect(await validate(request, 'another')).toMatchObject({ code: 'BadTenantIdInChallenge' });
  });

  it('ChallengeExpired after the hour, not in its last millisecond, with the three pairs', async () => {
    simulator.clock.freeze(new Date('2022-09-19T17:36:59.489Z'));
    const request = requestFor(await mintSeeded(simulator));
    simulator.clock.advance(3_600_000);
    expect(await validate(request)).toMatchObject({ code: 'Success' });
    simulator.clock.advance(1);
    const { code, errorDescription } = await validate(request);
    expect(code).toBe('ChallengeExpired');
    expect(errorDescription).toContain(
      'challengeExpInterval=60, challengeExpiration=9/19/2022 6:36:59 PM, challengeCreation=9/19/2022 5:36:59 PM',
    );
  });

  it('ChallengeExpired in the last millisecond when the switch says so', async () => {
    simulator.state.switches.expiryInclusive = false;
    simulator.clock.freeze(new Date('2024-01-01T00:00:00Z'));
    const request = requestFor(await mintSeeded(simulator));
    simulator.clock.advance(3_600_000);
    expect(await validate(request)).toMatchObject({ code: 'ChallengeExpired' });
  });

  it('BadCertificateRequestIdInChallenge: a genuine challenge that is remembered no more', async () => {
    const request = requestFor(await mintSeeded(simulator));
    simulator.state.requests.clear();
    expect(await validate(request)).toMatchObject({ code: 'BadCertificateRequestIdInChallenge' });
  });

  it('BadDeviceIdInChallenge: a retired device', async () => {
    const request = requestFor(await mintSeeded(simulator));
    const device = simulator.state.devices.get(SEED_IDS.device);
    if (device) device.state = 'retirePending';
    expect(await validate(request)).toMatchObject({ code: 'BadDeviceIdInChallenge' });
  });

  it('BadUserIdInChallenge: a user profile whose user is gone', async () => {
    editProfile({ type: 'user' });
    const request = requestFor(await mintSeeded(simulator));
    expect(await validate(request)).toMatchObject({ code: 'Success' });
    simulator.state.users.clear();
    expect(await validate(request)).toMatchObject({ code: 'BadUserIdInChallenge' });
  });

  it('ScepProfileNoLongerTargetedToTheClient: unassigned, or another version', async () => {
    const request = requestFor(await mintSeeded(simulator));
    editProfile({ version: 2 });
    expect(await validate(request)).toMatchObject({ code: 'ScepProfileNoLongerTargetedToTheClient' });
    editProfile({ version: 1 });
    simulator.state.assignments.clear();
    expect(await validate(request)).toMatchObject({ code: 'ScepProfileNoLongerTargetedToTheClient' });
  });

  it.each<[string, RequestFields]>([
    ['SubjectNameMissing', { subject: '' }],
    ['SubjectNameMismatch', { subject: 'CN=somebody-else' }],
    ['SubjectNameMismatch', { subject: `CN=${SEED_IDS.device.toUpperCase()}` }],
    ['SubjectNameMismatch', { subject: `CN=${SEED_IDS.device},O=More` }],
    ['SubjectAltNameMissing', extensionsBut({ names: undefined })],
    ['SubjectAltNameMismatch', extensionsBut({ names: altNames(['uri', 'IntuneDeviceId://other']) })],
    [
      'SubjectAltNameMismatch',
      extensionsBut({
        names: altNames(['uri', `IntuneDeviceId://${SEED_IDS.device}`], ['dns', 'dc01.example']),
      }),
    ],
    ['KeyUsageMismatch', extensionsBut({ keyUsage: undefined })],
    ['KeyUsageMismatch', extensionsBut({ keyUsage: keyUsage(['digitalSignature']) })],
    ['KeyLengthMismatch', { publicKey: rsaPublicKey((1n << 2046n) | 1n) }],
    ['EnhancedKeyUsageMissing', extensionsBut({ extendedKeyUsage: undefined })],
    [
      'EnhancedKeyUsageMismatch',
      extensionsBut({ extendedKeyUsage: extendedKeyUsage([OID.clientAuth, OID.smartCardLogon]) }),
    ],
  ])('%s', async (code, changes) => {
    expect(await validateWith(changes)).toMatchObject({ code });
  });

  it('KeyLengthMismatch: a key that is not RSA', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const spki = publicKey.export({ format: 'der', type: 'spki' });
    expect(await validateWith({ publicKey: spki })).toMatchObject({ code: 'KeyLengthMismatch' });
  });

  it('AadKeyIdentifierListMissing, RegisteredKeyMismatch, then Success with the registered key', async () => {
    editProfile({ requiresRegisteredKey: true });
    expect(await validateWith({})).toMatchObject({ code: 'AadKeyIdentifierListMissing' });
    const device = simulator.state.devices.get(SEED_IDS.device);
    if (!device) throw new Error('no device');
    device.registeredKeyIds = ['00'.repeat(32)];
    expect(await validateWith({})).toMatchObject({ code: 'RegisteredKeyMismatch' });
    const keyId = parseRequest(fromBase64(requestFor('x')), false)?.keyId ?? '';
    device.registeredKeyIds = [keyId];
    expect(await validateWith({})).toMatchObject({ code: 'Success' });
  });

  it('Unknown: a used challenge under the single-use switch, and a fault of the service', async () => {
    const challenge = await mintSeeded(simulator);
    for (const request of simulator.state.requests.values()) request.state = 'completed';
    expect(await validate(requestFor(challenge))).toMatchObject({ code: 'Success' });
    simulator.state.switches.singleUse = true;
    expect(await validate(requestFor(challenge))).toMatchObject({ code: 'Unknown' });
    const broken = { ...simulator.state, tenants: undefined as never };
    const { clock } = simulator;
    const certificateRequest = requestFor(challenge);
    expect(
      await validateRequest({ state: broken, clock, tokenTenantId: SEED_IDS.tenant, certificateRequest }),
    ).toMatchObject({ code: 'Unknown' });
  });

  it('has reached every code', () => {
    expect([...reached].sort()).toEqual([...RESULT_CODES].sort());
  });

  it('runs its steps in order', () => {
    const steps = PIPELINE.map(({ step }) => step);
    expect(steps).toEqual([...steps].sort());
    expect(new Set(steps).size).toBe(21);
  });
});

describe('what Intune does not look at', () => {
  const sid = extension(OID.msNtdsCaSecurity, sequence(octetString(Buffer.from('S-1-5-21-1-2-3-500'))));

  it('lets the SID extension and others pass', async () => {
    const more = [sid, extension('2.5.29.19', sequence()), extension('1.2.3.4', sequence())];
    expect(await validateWith({ extensions: [...Object.values(SEED_EXTENSIONS), ...more] })).toMatchObject({
      code: 'Success',
    });
  });

  it('does not check the signature, but for the switch', async () => {
    const publicKey = rsaPublicKey((1n << 2047n) | 1n);
    expect(await validateWith({ publicKey })).toMatchObject({ code: 'Success' });
    simulator.state.switches.checkRequestSignature = true;
    expect(await validateWith({ publicKey })).toMatchObject({ code: 'CertificateRequestDecodingFailed' });
    expect(await validateWith({})).toMatchObject({ code: 'Success' });
  });

  it('lets a challenge be used twice', async () => {
    const challenge = await mintSeeded(simulator);
    for (const key of [undefined, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey]) {
      expect(await validate(requestFor(challenge, key ? { key } : {}))).toMatchObject({ code: 'Success' });
    }
  });

  it('reads extensions from all attributes, or from the first alone', async () => {
    const split = {
      extensions: [SEED_EXTENSIONS.names],
      attributes: [
        attribute(OID.extensionRequest, sequence(SEED_EXTENSIONS.keyUsage)),
        attribute(OID.msExtensionRequest, sequence(SEED_EXTENSIONS.extendedKeyUsage)),
      ],
    };
    expect(await validateWith(split)).toMatchObject({ code: 'Success' });
    simulator.state.switches.firstAttributeOnly = true;
    expect(await validateWith(split)).toMatchObject({ code: 'KeyUsageMismatch' });
  });
});

describe('the reader of requests', () => {
  it.each([
    ['UTF8String', utf8String('secret')],
    ['IA5String', ia5String('secret')],
    ['BMPString', bmpString('secret')],
  ])('takes a challenge as %s', (_name, value) => {
    const der = buildRequest({ attributes: [attribute(OID.challengePassword, value)] });
    expect(parseRequest(der, false)?.challengePasswords).toEqual(['secret']);
  });

  it('tells the kinds of alternative names apart', () => {
    const names = altNames(
      ['email', 'a@example'],
      ['dns', 'host.example'],
      ['uri', 'urn:x'],
      ['ip', '192.0.2.1'],
      ['upn', 'u@example'],
    );
    expect(parseRequest(buildRequest({ extensions: [names] }), false)?.alternativeNames).toEqual([
      { type: 'rfc822', value: 'a@example' },
      { type: 'dns', value: 'host.example' },
      { type: 'uri', value: 'urn:x' },
      { type: 'ip', value: '192.0.2.1' },
      { type: 'upn', value: 'u@example' },
    ]);
  });

  it('keeps the borders of a multi-valued RDN', () => {
    const pair = (type: string, value: string) => sequence(oid(type), utf8String(value));
    const subject = sequence(
      setOf([pair('2.5.4.3', 'a'), pair('2.5.4.11', 'b')]),
      setOf([pair('2.5.4.10', 'c')]),
    );
    expect(parseRequest(buildRequest({ subject }), false)?.subject).toEqual([
      [
        { type: '2.5.4.3', value: 'a' },
        { type: '2.5.4.11', value: 'b' },
      ],
      [{ type: '2.5.4.10', value: 'c' }],
    ]);
  });
});

describe('switches of the comparison', () => {
  it('escapedSubjectBug refuses what a profile escaped', async () => {
    editProfile({ subjectFormat: 'CN=Acme\\, Inc' });
    const changes = { subject: 'CN=Acme\\, Inc' };
    expect(await validateWith(changes)).toMatchObject({ code: 'Success' });
    simulator.state.switches.escapedSubjectBug = true;
    expect(await validateWith(changes)).toMatchObject({ code: 'SubjectNameMismatch' });
  });

  it('ignoreExtraAlternativeNames lets more names pass, not fewer', async () => {
    const names = altNames(['uri', `IntuneDeviceId://${SEED_IDS.device}`], ['dns', 'dc01.example']);
    simulator.state.switches.ignoreExtraAlternativeNames = true;
    expect(await validateWith(extensionsBut({ names }))).toMatchObject({ code: 'Success' });
    const other = altNames(['dns', 'dc01.example']);
    expect(await validateWith(extensionsBut({ names: other }))).toMatchObject({
      code: 'SubjectAltNameMismatch',
    });
  });

  it('are off at the start', () => {
    expect(simulator.state.switches).toEqual(DEFAULT_SWITCHES);
  });
});
