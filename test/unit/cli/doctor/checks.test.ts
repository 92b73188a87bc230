/** Each check by itself, on a server of answers; test/e2e/doctor has them all on real ones. */
import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { CHECKS } from '../../../../cli/doctor/checks.js';
import type { FaultId } from '../../../../cli/doctor/faults.js';
import type { Patient } from '../../../../cli/doctor/patient.js';
import type { CheckId } from '../../../../cli/doctor/questions.js';
import type { WireRequest } from '../../../../cli/doctor/wire.js';
import { CliError, EXIT } from '../../../../cli/terminal.js';
import {
  createSelfSignedCertificate,
  encodeDegenerate,
  encodeName,
  extendedKeyUsageExtension,
  keyUsageExtension,
  OID,
  publicKeyDer,
  readCertificate,
} from '../../../../dev/scep-client/index.js';
import { boolean, sequence } from '../../../../dev/scep-client/ber-writer.js';
import {
  createFakeAuthority,
  emptyCrl,
  issue,
  type FakeAuthority,
} from '../../scep-client/fake-scep-server.js';
import { after, answer, DAY_MS, fails, fakePatient, NOW, shaken } from './fake-wire.js';

type Management = NonNullable<Patient['management']>;

const CAPS = 'AES\nDES3\nPOSTPKIOperation\nRenewal\nSHA-1\nSHA-256\nSHA-384\nSHA-512\nSCEPStandard\n';
const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });

let authority: FakeAuthority;
beforeAll(async () => {
  authority = await createFakeAuthority();
});

/** Looks at one check, and before it at those that it needs something of. */
async function look(id: CheckId, patient: Patient) {
  const prepare = CHECKS.find((check) => check.id === 'ca-certificates');
  if (id !== 'ca-certificates' && !patient.bundle)
    await Promise.resolve(prepare?.look(patient)).catch(() => undefined);
  const outcome = await CHECKS.find((check) => check.id === id)?.look(patient);
  if (!outcome) throw new Error(`there is no check ${id}`);
  return outcome;
}

const expectFault = async (id: CheckId, patient: Patient, fault: FaultId, state = 'bad') => {
  expect(await look(id, patient)).toMatchObject({ state, fault });
};

/** Answers to one address. */
const at =
  (part: string, given: ReturnType<typeof answer>) =>
  ({ url }: WireRequest) =>
    url.includes(part) ? given : undefined;

describe('on a sound server', () => {
  const SOUND = CHECKS.map(({ id }) => id).filter(
    (id) => !/^(enroll|issued|left|ra-|rights|ocsp|crl|ca-download|health)/.test(id),
  );
  it.each(SOUND)('%s is good', async (id) => {
    expect(await look(id, fakePatient(authority, { capabilities: CAPS }))).toMatchObject({ state: 'good' });
  });
});

describe('reaching it', () => {
  it('refuses plain HTTP, but for this machine', async () => {
    await expectFault('url', fakePatient(authority, {}, { url: 'http://skep.example' }), 'plain-http');
    expect(await look('url', fakePatient(authority, {}, { url: 'http://localhost:7071' }))).toMatchObject({
      state: 'skipped',
    });
  });

  it('tells an unknown name, a refusal and silence apart, as Windows does', async () => {
    const dns = await look('dns', fakePatient(authority, { resolve: fails('ENOTFOUND') }));
    expect(dns).toMatchObject({ fault: 'name-unknown', hresult: 0x80072ee7 });
    const refused = await look('tcp', fakePatient(authority, { connect: fails('ECONNREFUSED') }));
    expect(refused).toMatchObject({ fault: 'no-connection', hresult: 0x80072efd });
    const silent = await look('tcp', fakePatient(authority, { connect: fails('ETIMEDOUT') }));
    expect(silent).toMatchObject({ fault: 'no-answer', hresult: 0x80072ee2 });
  });

  it('does not resolve an address', async () => {
    expect(await look('dns', fakePatient(authority, {}, { url: 'https://192.0.2.1' }))).toMatchObject({
      state: 'skipped',
    });
  });
});

describe('TLS', () => {
  it('that works in no version is no TLS', async () => {
    await expectFault(
      'tls',
      fakePatient(authority, { shake: fails('ERR_SSL_WRONG_VERSION_NUMBER') }),
      'tls-failed',
    );
  });

  it.each([
    ['CERT_HAS_EXPIRED', 'certificate-outdated'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate-chain-incomplete'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate-untrusted'],
  ] as const)('with %s', async (trustFault, fault) => {
    await expectFault('tls-trust', fakePatient(authority, { shake: shaken({ trustFault }) }), fault);
  });

  it('warns before the certificate ends, and names one for another host', async () => {
    const soon = fakePatient(authority, { shake: shaken({}, { notAfter: after(13) }) });
    await expectFault('tls-trust', soon, 'certificate-ends-soon', 'attention');
    const other = fakePatient(authority, { shake: shaken({}, { nameFault: 'is for other.example' }) });
    await expectFault('tls-name', other, 'certificate-name');
  });

  it('sends nothing to a server that it does not trust', async () => {
    const sent: string[] = [];
    const send = ({ url }: WireRequest) => {
      sent.push(url);
      return undefined;
    };
    const patient = fakePatient(authority, {
      shake: shaken({ trustFault: 'SELF_SIGNED_CERT_IN_CHAIN' }),
      send,
    });
    const check = CHECKS.find(({ id }) => id === 'tls-client-certificate');
    expect(await check?.look(patient)).toMatchObject({ state: 'good' });
    expect(sent).toEqual([]);
  });
});

describe('GetCACaps', () => {
  it.each([
    ['AES\nSHA-256\n', 'POSTPKIOperation'],
    ['POSTPKIOperation\nSHA-256\n', 'AES'],
    ['POSTPKIOperation\nAES\nSHA-1\n', 'SHA-256'],
    ['SCEPStandard\n', 'SHA-1'],
  ])('%j lacks %s', async (capabilities, word) => {
    const outcome = await look('capabilities', fakePatient(authority, { capabilities }));
    expect(outcome).toMatchObject({ state: 'bad', fault: 'capability-missing' });
    expect(outcome).toHaveProperty('cause', expect.stringContaining(`lacks ${word}:`));
  });

  it('without Renewal only needs attention, and a very long one is bad', async () => {
    const short = fakePatient(authority, { capabilities: CAPS.replace('Renewal\n', '') });
    await expectFault('capabilities', short, 'capability-wished', 'attention');
    const long = fakePatient(authority, { capabilities: `${CAPS}${'X'.repeat(1024)}\n` });
    await expectFault('capabilities', long, 'capability-missing');
  });
});

describe('GetCACert', () => {
  const bundle = (...certificates: Uint8Array[]) => ({
    caContentType: 'application/x-x509-ca-ra-cert',
    caBody: encodeDegenerate(certificates),
  });
  const ra = () =>
    issue(authority, encodeName('CN=RA'), publicKeyDer(key), [
      extendedKeyUsageExtension([OID.certificateRequestAgent]),
    ]);
  const caOf = (notAfter: Date, usages: Parameters<typeof keyUsageExtension>[0]) =>
    createSelfSignedCertificate({
      key,
      subject: 'CN=Other CA',
      notBefore: after(-30),
      notAfter,
      extensions: [
        { oid: OID.basicConstraints, critical: true, value: sequence(boolean(true)) },
        keyUsageExtension(usages),
      ],
    });

  it('with RA and CA passes every check of the RA', async () => {
    const patient = fakePatient(authority, bundle(ra(), authority.certificate.der));
    for (const id of [
      'ca-certificates',
      'ra-issuer',
      'ra-key-usage',
      'ra-extended-key-usage',
      'ra-validity',
    ] as const)
      expect([id, (await look(id, patient)).state]).toEqual([id, 'good']);
  });

  it('with the CA first needs attention', async () => {
    const patient = fakePatient(authority, bundle(authority.certificate.der, ra()));
    await expectFault('ca-certificates', patient, 'ca-order', 'attention');
  });

  it('with nothing, with no CA, or with rubbish', async () => {
    for (const server of [bundle(), bundle(ra()), { caBody: Buffer.from('rubbish') }])
      await expectFault('ca-certificates', fakePatient(authority, server), 'no-ca-certificate');
    const gone = { send: at('GetCACert', answer('', {}, 503)) };
    expect(await look('ca-certificates', fakePatient(authority, gone))).toMatchObject({
      fault: 'no-ca-certificate',
      hresult: 0x801901f7,
    });
  });

  it('in CA mode needs a CA that may decrypt and sign, and has no RA to look at', async () => {
    const caBody = caOf(after(400), ['keyCertSign', 'cRLSign', 'digitalSignature']);
    await expectFault('ca-certificates', fakePatient(authority, { caBody }), 'ca-not-signing');
    for (const id of ['ra-issuer', 'ra-key-usage', 'ra-extended-key-usage', 'ra-validity'] as const)
      expect([id, (await look(id, fakePatient(authority))).state]).toEqual([id, 'skipped']);
  });

  it('with a CA that has ended, or will', async () => {
    const usages = ['digitalSignature', 'keyEncipherment', 'keyCertSign'] as const;
    const ended = fakePatient(authority, { caBody: caOf(after(-1), usages) });
    await expectFault('ca-certificate', ended, 'ca-expired');
    const ending = fakePatient(authority, { caBody: caOf(after(179), usages) });
    await expectFault('ca-certificate', ending, 'ca-ends-soon', 'attention');
  });

  it('compares the thumbprint of the profile', async () => {
    const { thumbprint } = authority.certificate;
    expect(await look('ca-thumbprint', fakePatient(authority, {}, { thumbprint }))).toMatchObject({
      state: 'good',
    });
  });
});

describe('a request without a challenge', () => {
  it('is answered with a certificate: that is as bad as it gets, and it is remembered', async () => {
    const patient = fakePatient(authority, { capabilities: CAPS, answer: () => ({}) });
    await expectFault('request-windows', patient, 'issued-without-challenge');
    expect(patient.issued.map(({ certificate }) => certificate.serialHex)).toEqual(['900DCAFE']);
  });

  it('by somebody else’s signature, for another request, or by an HTTP error', async () => {
    const stranger = await createFakeAuthority();
    const { key: signerKey } = stranger;
    const failure = { pkiStatus: 'FAILURE', failInfo: 'badRequest', messageData: undefined } as const;
    const forged = fakePatient(authority, { capabilities: CAPS, answer: () => ({ ...failure, signerKey }) });
    await expectFault('request-android', forged, 'answer-signature');
    const other = { ...failure, recipientNonce: new Uint8Array(16) };
    await expectFault(
      'request-android',
      fakePatient(authority, { capabilities: CAPS, answer: () => other }),
      'answer-mismatch',
    );
    const busy = fakePatient(authority, { capabilities: CAPS, statuses: [503] });
    expect(await look('request-windows', busy)).toMatchObject({ fault: 'request-http', hresult: 0x801901f7 });
  });

  it('may be PENDING', async () => {
    const pending = { pkiStatus: 'PENDING', messageData: undefined } as const;
    const patient = fakePatient(authority, { capabilities: CAPS, answer: () => pending });
    expect(await look('request-windows', patient)).toMatchObject({ state: 'good' });
  });
});

describe('the clock', () => {
  const dated = (date: string) => fakePatient(authority, { send: at('GetCACaps', answer('', { date })) });
  it.each([
    [-299_000, 'good'],
    [-301_000, 'bad'],
    [301_000, 'bad'],
  ])('off by %i ms is %s', async (offMs, state) => {
    const date = new Date(NOW.getTime() + offMs).toUTCString();
    expect(await look('clock', dated(date))).toMatchObject({ state });
  });

  it('that says nothing sensible needs attention', async () => {
    await expectFault('clock', dated('soon'), 'clock-off', 'attention');
  });
});

describe('OCSP, CRL and CA certificate', () => {
  it('must answer what they should', async () => {
    const wrongOcsp = fakePatient(authority, {
      send: at('/ocsp', answer(Uint8Array.of(0x30, 3, 0x0a, 1, 3))),
    });
    const outcome = await look('ocsp', wrongOcsp);
    expect(outcome).toMatchObject({ fault: 'ocsp-wrong', found: 'POST: OCSP status 3' });
    await expectFault('ocsp', fakePatient(authority, { send: at('/ocsp', answer('rubbish')) }), 'ocsp-wrong');
    // It has no number.
    const numberless = fakePatient(authority, { send: at('/crl', answer(emptyCrl(authority))) });
    await expectFault('crl', numberless, 'crl-wrong');
    await expectFault(
      'crl',
      fakePatient(authority, { send: at('/crl', answer('', {}, 404)) }),
      'crl-unreachable',
    );
    const other = await createFakeAuthority();
    const { der } = other.certificate;
    await expectFault(
      'ca-download',
      fakePatient(authority, { send: at('/ca/', answer(der)) }),
      'ca-download',
    );
    const right = fakePatient(authority, { send: at('/ca/', answer(authority.certificate.der)) });
    expect(await look('ca-download', right)).toMatchObject({ state: 'good' });
  });
});

describe('what the app says of itself', () => {
  const health = (parts: object[]) => ({ ok: true, version: '1', parts });
  const PART = { name: 'CA key', ok: true, text: 'Fine.' };
  const asking = (body: unknown) =>
    fakePatient(authority, { send: at('/health', answer(JSON.stringify(body))) });

  it('is good, needs attention, or is bad', async () => {
    expect(await look('health', asking(health([PART])))).toMatchObject({ state: 'good' });
    await expectFault(
      'health',
      asking(health([{ ...PART, remedy: 'Soon.' }])),
      'health-warning',
      'attention',
    );
    expect(
      await look('health', asking(health([PART, { ...PART, ok: false, remedy: 'Grant it.' }]))),
    ).toMatchObject({
      fault: 'unhealthy',
      remedy: 'Grant it.',
    });
  });

  it('is not asked of a server that is not Skep', async () => {
    expect(await look('health', asking('nginx'))).toMatchObject({ state: 'skipped' });
  });

  it('is told in detail to whoever may see it', async () => {
    const parts = [{ ...PART, ok: false, detail: ['the Intune token lacks scep_challenge_provider'] }];
    const signedIn: Management = {
      get: () => Promise.resolve(health(parts)),
      post: () => Promise.reject(new Error()),
    };
    expect(await look('rights', fakePatient(authority, {}, { management: signedIn }))).toMatchObject({
      fault: 'rights-missing',
      found: 'CA key: Fine.; the Intune token lacks scep_challenge_provider',
    });
    const refused = new CliError(EXIT.failed, 'ERR_CALLER_FORBIDDEN', 'No role.', 'Get one.');
    const management: Management = {
      get: () => Promise.reject(refused),
      post: () => Promise.reject(refused),
    };
    expect(await look('rights', fakePatient(authority, {}, { management }))).toMatchObject({
      state: 'attention',
      fault: 'rights-unseen',
      found: 'No role.',
      remedy: 'Get one.',
    });
  });
});

describe('an enrollment', () => {
  it('is not tried without a challenge', async () => {
    expect(await look('enroll-windows', fakePatient(authority))).toMatchObject({ state: 'skipped' });
  });

  it('that lasts longer than asked for is bad, but for Apple, which cannot ask', async () => {
    // The fake server's certificates last ten years and have no purpose.
    const options = { capabilities: CAPS, answer: () => ({}) };
    const patient = () => fakePatient(authority, options, { challenge: 'secret' });
    await expectFault('enroll-windows', patient(), 'validity-ignored');
    await expectFault('enroll-android', patient(), 'validity-ignored');
    await expectFault('enroll-apple', patient(), 'not-one-certificate');
  });

  it('that begins in the future is bad', async () => {
    const early = { now: () => new Date('2026-11-21T12:00:00Z') };
    const options = { capabilities: CAPS, answer: () => ({}) };
    const patient = fakePatient(authority, options, { challenge: 'secret', clock: early });
    await expectFault('enroll-windows', patient, 'not-yet-valid');
  });

  it('is tidied up after, or says which certificates are left', async () => {
    const certificate = readCertificate(
      createSelfSignedCertificate({
        key,
        subject: 'CN=x',
        notBefore: NOW,
        notAfter: new Date(NOW.getTime() + DAY_MS),
      }),
    );
    const asked: string[] = [];
    const management: Management = {
      get: () => Promise.reject(new Error()),
      post(path) {
        asked.push(path);
        return Promise.resolve({});
      },
    };
    const patient = fakePatient(authority, {}, { management });
    expect(await look('left-behind', patient)).toMatchObject({ state: 'skipped' });
    patient.issued.push({ client: 'windows', certificate, ca: authority.certificate });
    expect(await look('left-behind', patient)).toMatchObject({ state: 'good' });
    expect(asked).toEqual([`certificates/${certificate.serialHex}/revoke`]);
    // It names no address of OCSP or CRL.
    await expectFault('issued-ocsp', patient, 'no-revocation-address');
    await expectFault('issued-crl', patient, 'no-revocation-address');

    const refused = new CliError(EXIT.failed, 'ERR_CALLER_FORBIDDEN', 'No role.', 'Get one.');
    const denied = fakePatient(
      authority,
      {},
      { management: { ...management, post: () => Promise.reject(refused) } },
    );
    denied.issued.push({ client: 'windows', certificate, ca: authority.certificate });
    expect(await look('left-behind', denied)).toMatchObject({
      state: 'attention',
      remedy: expect.stringContaining(`skep revoke ${certificate.serialHex}`) as string,
    });
  });
});
