/** The CA is followed by another: devices trust both, and SCEP profiles change over when the app does. */
import { createHash } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toHex } from '../../../lib/base/bytes.js';
import { createTestAuthority, issueLeaf, testAuthority } from '../../support/test-authority.js';
import { theProfile, useTenant } from './tenant.js';

const { simulator, apply, profiles, addGroup, useCas, useSubordinate } = useTenant();

const WINDOWS_DEVICE = ['--platform', 'windows', '--kind', 'device'] as const;
const SCEP = 'Skep Windows: device certificate';
const FIRST_ROOT = 'Skep Windows: root CA';

const thumbprint = (der: Uint8Array): string => toHex(createHash('sha1').update(der).digest());
const furtherName = (der: Uint8Array): string => `${FIRST_ROOT} ${thumbprint(der).slice(0, 8)}`;

let first: Uint8Array;
let second: Uint8Array;
let laptops: string;

beforeAll(async () => {
  first = (await testAuthority()).authority.issuer.certificate;
  // `skep ca rollover` gives the next root the name of the present one.
  second = (await createTestAuthority('ec', 'ra', 'CN=Skep Test RSA CA,O=Skep')).authority.issuer.certificate;
});

beforeEach(() => {
  laptops = addGroup('Laptops');
});

interface Result {
  readonly nextCa: { readonly thumbprint: string } | null;
  readonly profiles: readonly {
    readonly key: string;
    readonly displayName: string;
    readonly action: string;
    readonly differences: readonly { member: string; present: unknown; wanted: unknown }[];
    readonly assignAs: string | null;
  }[];
  readonly kept: readonly {
    readonly displayName: string;
    readonly certificate: { readonly thumbprint: string };
  }[];
}

async function plan(...args: string[]): Promise<Result> {
  return JSON.parse((await apply([...WINDOWS_DEVICE, '--plan', '--json', ...args])).out) as Result;
}

const actions = ({ profiles: found }: Result) => found.map(({ key, action }) => `${key} ${action}`);
const certificateIn = (name: string) => theProfile(profiles(), name).members['trustedRootCertificate'];
const base64 = (der: Uint8Array) => Buffer.from(der).toString('base64');
const groupsOf = (name: string) => theProfile(profiles(), name).targets.map(({ groupId }) => groupId);
const writes = (requests: readonly string[]) => requests.filter((line) => !line.startsWith('GET '));
/** What a device is told to expect in GetCACert. */
const pinned = () => simulator().state.profiles.get(theProfile(profiles(), SCEP).id)?.caThumbprint;

describe('while the next CA is announced', () => {
  it('its trusted certificate is made beside the present one and assigned as that is; SCEP refers to the present CA', async () => {
    await apply([...WINDOWS_DEVICE, '--assign', 'Laptops', '--yes']);
    const before = structuredClone(theProfile(profiles(), FIRST_ROOT));
    useCas([first], [second]);
    const run = await apply([...WINDOWS_DEVICE, '--yes']);
    expect([run.err, run.exitCode]).toEqual(['', 0]);
    expect(run.out).toContain(
      `  create     ${furtherName(second)}, of the next CA, assign as ${FIRST_ROOT} is\n`,
    );
    expect(run.out).toMatch(
      new RegExp(`The next CA is .+ ${thumbprint(second)}\\..+ SCEP profiles refer to the present CA`),
    );
    expect(run.out).toMatch(/Next: .+ run this with --update/);
    expect(writes(run.requests)).toHaveLength(2);
    expect(profiles().size).toBe(3);
    expect(certificateIn(furtherName(second))).toBe(base64(second));
    expect(groupsOf(furtherName(second))).toEqual([laptops]);
    expect(theProfile(profiles(), FIRST_ROOT)).toEqual(before);
    expect(pinned()).toBe(thumbprint(first));
  });

  it('a further run changes nothing, whatever is said of updates', async () => {
    useCas([first], [second]);
    await apply([...WINDOWS_DEVICE, '--assign', 'Laptops', '--yes']);
    expect(groupsOf(furtherName(second))).toEqual([laptops]);
    const run = await apply([...WINDOWS_DEVICE, '--assign', 'Laptops', '--update', '--yes']);
    expect([run.err, run.exitCode, writes(run.requests)]).toEqual(['', 0, []]);
    expect(await plan()).toMatchObject({ nextCa: { thumbprint: thumbprint(second) }, kept: [] });
  });

  it('only what the next CA has and the present one has not is made', async () => {
    await useSubordinate();
    await apply([...WINDOWS_DEVICE, '--yes']);
    const { issuer } = (await testAuthority()).authority;
    const [present, next] = [
      await issueLeaf(issuer, { subject: 'CN=Issuing CA 1' }),
      await issueLeaf(issuer, { subject: 'CN=Issuing CA 2' }),
    ];
    useCas([present, first], [next, first]);
    const { profiles: found } = await plan();
    expect(found.map(({ key, displayName }) => [key, displayName])).toEqual([
      ['windows/root', FIRST_ROOT],
      ['windows/issuer', `Skep Windows: issuing CA ${thumbprint(present).slice(0, 8)}`],
      ['windows/next-issuer', `Skep Windows: issuing CA ${thumbprint(next).slice(0, 8)}`],
      ['windows/device/scep', SCEP],
    ]);
  });

  it('what has no counterpart is assigned as the present root is', async () => {
    await apply([...WINDOWS_DEVICE, '--assign', 'Laptops', '--yes']);
    const { issuer } = (await testAuthority()).authority;
    const next = await issueLeaf(issuer, { subject: 'CN=Issuing CA' });
    useCas([first], [next, first]);
    await apply([...WINDOWS_DEVICE, '--yes']);
    expect(groupsOf(`Skep Windows: issuing CA ${thumbprint(next).slice(0, 8)}`)).toEqual([laptops]);
  });

  it('a profile that was made for it stays and is told of when the announcement is taken back', async () => {
    useCas([first], [second]);
    await apply([...WINDOWS_DEVICE, '--yes']);
    useCas([first]);
    const result = await plan('--update');
    expect(actions(result)).toEqual(['windows/root unchanged', 'windows/device/scep unchanged']);
    expect(result.kept).toMatchObject([{ displayName: furtherName(second) }]);
  });
});

describe('after the cut-over', () => {
  async function rollOver(): Promise<void> {
    await apply([...WINDOWS_DEVICE, '--assign', 'Laptops', '--yes']);
    useCas([first], [second]);
    await apply([...WINDOWS_DEVICE, '--yes']);
    useCas([second]);
  }

  it('the SCEP profile differs, which the plan says by names', async () => {
    await rollOver();
    const run = await apply([...WINDOWS_DEVICE, '--yes']);
    expect([run.exitCode, writes(run.requests)]).toEqual([3, []]);
    expect(run.out).toContain(
      `  differs    ${SCEP}\n             rootCertificate: ["${FIRST_ROOT}"] should be ${furtherName(second)}\n`,
    );
  });

  it('--update points it to the new CA, and leaves the trusted certificate of the old one as it is', async () => {
    await rollOver();
    const before = structuredClone(theProfile(profiles(), FIRST_ROOT));
    const run = await apply([...WINDOWS_DEVICE, '--update', '--yes']);
    expect([run.err, run.exitCode]).toEqual(['', 0]);
    const scep = theProfile(profiles(), SCEP);
    const successor = theProfile(profiles(), furtherName(second));
    expect(writes(run.requests)).toEqual([
      `PUT …/${scep.id}/microsoft.graph.windows81SCEPCertificateProfile/rootCertificate/$ref` +
        ` {"@odata.id":"${simulator().url}…('${successor.id}')"}`,
    ]);
    expect(pinned()).toBe(thumbprint(second));
    expect(theProfile(profiles(), FIRST_ROOT)).toEqual(before);
    expect(run.out).toMatch(
      new RegExp(
        `kept +${FIRST_ROOT}\\n +holds another CA certificate: .+ ${thumbprint(first)}, until 2049-01-01;\\n +docs/ca.md says until when it must stay assigned\\n`,
      ),
    );
  });

  it('a further run changes nothing, and still tells of the old one', async () => {
    await rollOver();
    await apply([...WINDOWS_DEVICE, '--update', '--yes']);
    const run = await apply([...WINDOWS_DEVICE, '--assign', 'Laptops', '--update', '--yes', '--json']);
    expect([run.err, run.exitCode, writes(run.requests)]).toEqual(['', 0, []]);
    const result = JSON.parse(run.out) as Result;
    expect(actions(result)).toEqual(['windows/root unchanged', 'windows/device/scep unchanged']);
    expect(result.kept).toMatchObject([
      { displayName: FIRST_ROOT, certificate: { thumbprint: thumbprint(first) } },
    ]);
  });

  it('the new CA’s trusted certificate is made where nobody did so before, and assigned as the old one is', async () => {
    await apply([...WINDOWS_DEVICE, '--assign', 'Laptops', '--yes']);
    useCas([second]);
    const result = await plan('--update');
    expect(result.profiles).toMatchObject([
      { displayName: furtherName(second), action: 'create', assignAs: FIRST_ROOT },
      { displayName: SCEP, action: 'update' },
    ]);
    await apply([...WINDOWS_DEVICE, '--update', '--yes']);
    expect(certificateIn(FIRST_ROOT)).toBe(base64(first));
    expect(groupsOf(furtherName(second))).toEqual([laptops]);
    expect(pinned()).toBe(thumbprint(second));
  });

  it('a Wi-Fi profile trusts servers under both roots', async () => {
    const wifi = [...WINDOWS_DEVICE, '--wifi', 'Contoso', '--radius-server', 'r.example', '--yes'];
    await apply(wifi);
    useCas([second]);
    await apply([...wifi, '--update']);
    const { references } = theProfile(profiles(), 'Skep Windows: Wi-Fi Contoso (device)');
    expect(references['rootCertificatesForServerValidation']).toEqual(
      [FIRST_ROOT, furtherName(second)].map((name) => theProfile(profiles(), name).id),
    );
  });

  it('warns before a profile that reaches devices is to refer to one that reaches none', async () => {
    await rollOver();
    theProfile(profiles(), furtherName(second)).targets = [];
    const warning = `Note: ${SCEP} is assigned, and ${furtherName(second)} is not: `;
    expect((await apply([...WINDOWS_DEVICE, '--plan'])).err).toContain(warning);
    expect((await apply([...WINDOWS_DEVICE, '--plan', '--assign', 'Laptops'])).err).toBe('');
  });
});

it('a new certificate of the same CA is another trusted certificate, to which SCEP profiles are pointed', async () => {
  const { issuer } = (await testAuthority()).authority;
  const renewed = await issueLeaf(issuer, {
    subject: 'CN=Skep Test RSA CA,O=Skep',
    publicKey: issuer.signer.publicKey,
    notBefore: new Date('2024-01-01T00:00:00Z'),
  });
  await apply([...WINDOWS_DEVICE, '--assign', 'Laptops', '--yes']);
  useCas([renewed]);
  await apply([...WINDOWS_DEVICE, '--update', '--yes']);
  expect(pinned()).toBe(thumbprint(renewed));
  expect(certificateIn(FIRST_ROOT)).toBe(base64(first));
  expect(await plan()).toMatchObject({ kept: [{ displayName: FIRST_ROOT }] });
});

it('a trusted-certificate profile whose certificate cannot be read is nobody’s to change', async () => {
  await apply([...WINDOWS_DEVICE, '--yes']);
  const root = theProfile(profiles(), FIRST_ROOT);
  root.members = { ...root.members, trustedRootCertificate: base64(Uint8Array.of(1, 2, 3)) };
  const run = await apply([...WINDOWS_DEVICE, '--update', '--yes', '--json']);
  expect([run.exitCode, writes(run.requests)]).toEqual([1, []]);
  expect(JSON.parse(run.out)).toMatchObject({ code: 'ERR_PROFILE_CERTIFICATE' });
});
