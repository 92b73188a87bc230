/**
 * Attacks on the whole deployable, over HTTP, with an Intune that says Success to everything: what refuses or strips is
 * policy and directory alone. Each is told once, with its code, and never with its challenge.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { startLocalCloud, type LocalCloud } from '../../../dev/local-cloud.js';
import {
  createCsr,
  OID,
  readCaCertificates,
  selectCaCertificates,
  type CaCertificates,
  type CsrOptions,
} from '../../../dev/scep-client/index.js';
import type { ErrorCode } from '../../../lib/base/error-codes.js';
import { boolean, context, octetString, oid, printableString, sequence } from '../../../lib/pki/der.js';
import { attribute } from '../../support/request-builder.js';
import {
  buildMessage,
  DEVICE_KEY,
  issuedBy,
  OTHER_KEY,
  readAnswer,
  type Answer,
  type MessageKnobs,
} from '../../support/scep-bench.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-attacks-'));
const log: string[] = [];
let cloud: LocalCloud;
let ca: CaCertificates;

const SID = 'S-1-5-21-1004336348-1177238915-682003330-500';
const sidExtension = {
  oid: OID.msNtdsCaSecurity,
  value: sequence(
    context(0, oid('1.3.6.1.4.1.311.25.2.1'), context(0, octetString(Buffer.from(SID, 'latin1')))),
  ),
};
const device = `CN=${SEED_IDS.device}`;
const uri = (value: string) => ({ subjectAltNames: [{ type: 'uri', value }] as const });

beforeAll(async () => {
  cloud = await startLocalCloud({
    port: 0,
    simulatorPort: 0,
    dataDir: folder,
    environment: {
      SKEP_DIRECTORY: 'on',
      SKEP_REQUIRE_IDENTITY: 'true',
      SKEP_PROTECTED_DOMAINS: 'corp.example',
      SKEP_LOG_LEVEL: 'debug',
    },
    log: ({ message }) => log.push(message),
  });
  cloud.simulator.faults.add({ kind: 'unknownCode', endpoint: 'validateRequest', code: 'Success' });
  cloud.simulator.faults.add({ kind: 'unknownCode', endpoint: 'successNotification', code: 'Success' });
  const answer = await fetch(`${cloud.ready.scep.intune}?operation=GetCACert`);
  const contentType = answer.headers.get('content-type') ?? '';
  const body = new Uint8Array(await answer.arrayBuffer());
  ca = selectCaCertificates(readCaCertificates({ contentType, body } as never));
});
afterAll(async () => {
  await cloud.close();
  rmSync(folder, { recursive: true });
});

async function ask(knobs: MessageKnobs): Promise<Answer> {
  const body = Buffer.from(buildMessage(ca, knobs));
  const url = `${cloud.ready.scep.intune}/pkiclient.exe?operation=PKIOperation`;
  return readAnswer(await fetch(url, { method: 'POST', body }), ca);
}

const newChallenge = (): string => randomBytes(96).toString('base64');
const request = (csr: Partial<CsrOptions>, challenge = newChallenge()): MessageKnobs => ({
  messageData: createCsr({ key: DEVICE_KEY, subject: device, challenge, ...csr }),
});

interface Refused {
  readonly code: ErrorCode;
  readonly csr?: Partial<CsrOptions>;
  readonly message?: MessageKnobs;
}

const authority = { oid: OID.basicConstraints, critical: true, value: sequence(boolean(true)) };
const REFUSED: Record<string, Refused> = {
  '3: a security identifier in the extension': {
    code: 'ERR_IDENTITY_MISMATCH',
    csr: { extraExtensions: [sidExtension] },
  },
  '4: a security identifier in a URI': {
    code: 'ERR_IDENTITY_MISMATCH',
    csr: uri(`tag:microsoft.com,2022-09-14:sid:${SID}`),
  },
  '5: a name under a protected domain': {
    code: 'ERR_SAN',
    csr: { subjectAltNames: [{ type: 'dns', value: 'dc01.corp.example' }] },
  },
  '6: two challenges': {
    code: 'ERR_CSR_AMBIGUOUS',
    csr: { extraAttributes: [attribute(OID.challengePassword, printableString('another'))] },
  },
  '7: to be a CA': { code: 'ERR_EXTENSION', csr: { extraExtensions: [authority] } },
  '7: any purpose': { code: 'ERR_EXTENDED_KEY_USAGE', csr: { extendedKeyUsage: ['2.5.29.37.0'] } },
  '10: no proof of possession': {
    code: 'ERR_CSR_SIGNATURE',
    csr: { key: OTHER_KEY, signWith: DEVICE_KEY },
  },
  '11: a renewal': { code: 'ERR_RENEWAL_OFF', csr: { challenge: '' }, message: { messageType: 17 } },
  '22: no device and no user': { code: 'ERR_SAN', csr: { subject: 'CN=DESKTOP-1' } },
  '22: a device that nobody knows': {
    code: 'ERR_IDENTITY_MISMATCH',
    csr: { subject: 'CN=7c4f1b6e-0a3d-4c58-9a0e-2f7b1d5c9e12' },
  },
  '22: a user that nobody knows': {
    code: 'ERR_IDENTITY_MISMATCH',
    csr: { subjectAltNames: [{ type: 'upn', value: 'eve@contoso.example' }] },
  },
};

describe('refused', () => {
  it.each(Object.entries(REFUSED))('%s', async (_attack, { code, csr = {}, message = {} }) => {
    const before = log.length;
    const challenge = newChallenge();
    const answer = await ask({ ...request(csr, challenge), ...message });
    expect(answer.outcome).toBe('FAILURE badRequest');
    const lines = log.slice(before);
    expect(lines.filter((line) => line.includes(`code=${code}`) && !line.includes('outcome='))).toHaveLength(
      1,
    );
    expect(lines.join('\n')).not.toContain(challenge);
    expect(lines.filter((line) => line.includes('Issued a certificate'))).toEqual([]);
  });

  it('2: a challenge that was used with another key', async () => {
    const challenge = newChallenge();
    expect((await ask(request({}, challenge))).outcome).toBe('SUCCESS');
    const before = log.length;
    expect((await ask(request({ key: OTHER_KEY }, challenge))).outcome).toBe('FAILURE badRequest');
    const lines = log.slice(before).filter((line) => line.includes('code=ERR_CHALLENGE_REUSED'));
    expect(lines.filter((line) => !line.includes('outcome='))).toHaveLength(1);
    expect(log.join('\n')).not.toContain(challenge);
  });
});

it('7: stripped: an extension that gives power', async () => {
  const policies = { oid: '1.3.6.1.4.1.311.21.10', value: sequence() };
  const answer = await ask(request({ extraExtensions: [policies] }));
  expect(answer.outcome).toBe('SUCCESS');
  expect(issuedBy(answer).extensions.map((extension) => extension.oid)).not.toContain(policies.oid);
});

describe('the directory’s own security identifier', () => {
  const known = () => {
    const seeded = cloud.simulator.state.devices.get(SEED_IDS.device);
    if (!seeded) throw new Error('the seed has a device');
    return seeded;
  };

  it('in the request’s extension is confirmed, told, and not copied', async () => {
    known().onPremisesSecurityIdentifier = SID;
    const before = log.length;
    const answer = await ask(request({ extraExtensions: [sidExtension] }));
    expect(answer.outcome).toBe('SUCCESS');
    expect(issuedBy(answer).extensions.map((extension) => extension.oid)).not.toContain(OID.msNtdsCaSecurity);
    expect(log.slice(before).filter((line) => line.includes('note=sid-extension'))).toHaveLength(1);
  });

  it('in a URI is confirmed, and refused all the same where the policy has no such URIs', async () => {
    known().onPremisesSecurityIdentifier = SID;
    const before = log.length;
    const answer = await ask(request(uri(`tag:microsoft.com,2022-09-14:sid:${SID}`)));
    expect(answer.outcome).toBe('FAILURE badRequest');
    expect(log.slice(before).join('\n')).toContain('code=ERR_SAN');
  });
});

it('15: the static endpoint does not exist until it has a challenge', async () => {
  const url = cloud.ready.scep.intune.replace('/certsrv/mscep/mscep.dll', '/static');
  expect((await fetch(`${url}?operation=GetCACaps`)).status).toBe(404);
});

it('every certificate that was issued is Intune’s to know', () => {
  const issued = log.filter((line) => line.includes('Issued a certificate with serial number'));
  expect(new Set(issued).size).toBe(issued.length);
  expect(issued.length).toBeGreaterThan(0);
});
