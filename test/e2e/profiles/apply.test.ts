import { describe, expect, it } from 'vitest';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { theProfile, useTenant } from './tenant.js';

const { simulator, apply, profiles, useSubordinate } = useTenant();

const WINDOWS_DEVICE = ['--platform', 'windows', '--kind', 'device'] as const;
const LIST = 'GET …?$select=id,displayName,description';

interface Result {
  readonly status: string;
  readonly code?: string;
  readonly profiles: readonly {
    readonly key: string;
    readonly action: string;
    readonly id: string | null;
    readonly differences: readonly { member: string; present: unknown; wanted: unknown }[];
  }[];
}

const resultOf = ({ out }: { readonly out: string }) => JSON.parse(out) as Result;

const withoutBody = (line: string) => line.replace(/ \{.*$/s, '');

describe('a first run', () => {
  it('lists, then creates the trusted certificate and what refers to it: these requests and no more', async () => {
    const run = await apply([...WINDOWS_DEVICE, '--yes']);
    expect(run.err).toBe('');
    expect(run.exitCode).toBe(0);
    const root = theProfile(profiles(), 'Skep Windows: root CA');
    const [list, first, second, ...rest] = run.requests;
    expect([list, rest]).toEqual([LIST, []]);
    expect(JSON.parse(first?.replace(/^POST … /, '') ?? '')).toMatchObject({
      '@odata.type': '#microsoft.graph.windows81TrustedRootCertificate',
      displayName: 'Skep Windows: root CA',
    });
    expect(JSON.parse(second?.replace(/^POST … /, '') ?? '')).toMatchObject({
      '@odata.type': '#microsoft.graph.windows81SCEPCertificateProfile',
      displayName: 'Skep Windows: device certificate',
      'rootCertificate@odata.bind': `${simulator().url}…('${root.id}')`,
    });
    expect(profiles().size).toBe(2);
  });

  it('shows the plan and asks; a no changes nothing', async () => {
    const run = await apply(WINDOWS_DEVICE, { answer: false });
    expect(run.exitCode).toBe(0);
    expect(run.out).toMatch(/create +Skep Windows: root CA\n +create +Skep Windows: device certificate\n/);
    expect(run.out).toMatch(/Nothing was changed\.\n$/);
    expect(run.requests).toEqual([LIST]);
    expect(profiles().size).toBe(0);
  });

  it('does nothing where nobody can be asked', async () => {
    const run = await apply(WINDOWS_DEVICE);
    expect([run.exitCode, run.requests]).toEqual([2, [LIST]]);
    expect(run.err).toContain('--yes');
  });

  it('only shows the plan with --plan', async () => {
    const run = await apply([...WINDOWS_DEVICE, '--plan', '--json'], { answer: true });
    expect(run.exitCode).toBe(0);
    expect(resultOf(run)).toMatchObject({
      status: 'planned',
      profiles: [
        { key: 'windows/root', action: 'create', id: null },
        { key: 'windows/device/scep', action: 'create', id: null },
      ],
    });
    expect(profiles().size).toBe(0);
  });

  it('makes all platforms and kinds by itself, with Wi-Fi where a network is named', async () => {
    const run = await apply([
      '--wifi',
      'Contoso',
      '--radius-server',
      'radius.contoso.example',
      '--yes',
      '--json',
    ]);
    expect(run.err).toBe('');
    expect(resultOf(run).status).toBe('applied');
    // A root for each of five platforms; SCEP and Wi-Fi for each of them and both kinds.
    expect(profiles().size).toBe(5 + 5 * 2 * 2);
    const ids = resultOf(run).profiles.map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set(simulator().state.configurations.keys()));
    const wifi = theProfile(profiles(), 'Skep iOS and iPadOS: Wi-Fi Contoso (user)');
    expect(wifi.references).toEqual({
      rootCertificatesForServerValidation: [theProfile(profiles(), 'Skep iOS and iPadOS: root CA').id],
      identityCertificateForClientAuthentication: [
        theProfile(profiles(), 'Skep iOS and iPadOS: user certificate').id,
      ],
    });
  });

  it('lets Windows refer to the CA that issues, and Android to the root', async () => {
    await useSubordinate();
    const run = await apply(['--platform', 'windows,android', '--kind', 'device', '--yes']);
    expect(run.exitCode).toBe(0);
    const trustOf = (title: string) =>
      theProfile(profiles(), `${title}: device certificate`).references['rootCertificate'];
    expect(trustOf('Skep Windows')).toEqual([theProfile(profiles(), 'Skep Windows: issuing CA').id]);
    for (const title of ['Skep Android work profile', 'Skep Android fully managed'])
      expect(trustOf(title)).toEqual([theProfile(profiles(), `${title}: root CA`).id]);
  });
});

describe('a further run', () => {
  it('finds everything as it should be, and only reads', async () => {
    await apply(['--wifi', 'Contoso', '--radius-server', 'radius.contoso.example', '--yes']);
    simulator().state.switches.graphPageSize = 4;
    const run = await apply(['--wifi', 'Contoso', '--radius-server', 'radius.contoso.example', '--json']);
    expect(run.err).toBe('');
    expect(run.exitCode).toBe(0);
    const { status, profiles: found } = resultOf(run);
    expect(status).toBe('unchanged');
    expect(found.map(({ action }) => action)).toEqual(Array(25).fill('unchanged'));
    expect(run.requests.filter((line) => !line.startsWith('GET '))).toEqual([]);
    // 25 profiles in pages of 4.
    expect(run.requests.filter((line) => line === LIST || line.includes('$skiptoken'))).toHaveLength(7);
  });

  it('reads what Graph leaves out of a profile where Graph has it', async () => {
    await apply([...WINDOWS_DEVICE, '--yes']);
    const scep = theProfile(profiles(), 'Skep Windows: device certificate').id;
    const root = theProfile(profiles(), 'Skep Windows: root CA').id;
    const { requests } = await apply(WINDOWS_DEVICE);
    expect(requests).toEqual([
      LIST,
      `GET …/${root}?$expand=assignments`,
      `GET …/${scep}?$expand=assignments`,
      `GET …/${scep}/microsoft.graph.windows81SCEPCertificateProfile/rootCertificate?$select=id`,
    ]);
  });

  it('leaves what somebody changed alone, and says so with exit code 3', async () => {
    await apply([...WINDOWS_DEVICE, '--yes']);
    const scep = theProfile(profiles(), 'Skep Windows: device certificate');
    scep.members = { ...scep.members, renewalThresholdPercentage: 35, keyUsage: 'digitalSignature' };
    const run = await apply([...WINDOWS_DEVICE, '--yes']);
    expect(run.exitCode).toBe(3);
    expect(run.out).toMatch(
      /differs +Skep Windows: device certificate\n +renewalThresholdPercentage: 35 should be 20\n/,
    );
    expect(run.err).toMatch(/^Not finished: 1 profiles .+\nNext: .+--update/);
    expect(run.requests.filter((line) => !line.startsWith('GET '))).toEqual([]);
    const json = await apply([...WINDOWS_DEVICE, '--json']);
    expect([json.exitCode, resultOf(json)]).toMatchObject([
      3,
      {
        status: 'incomplete',
        code: 'ERR_PROFILES_DIFFER',
        profiles: [
          { action: 'unchanged' },
          {
            action: 'differs',
            differences: [
              { member: 'renewalThresholdPercentage', present: 35, wanted: 20 },
              { member: 'keyUsage', present: 'digitalSignature', wanted: 'keyEncipherment,digitalSignature' },
            ],
          },
        ],
      },
    ]);
  });

  it('changes it with --update, and keeps the name and the description', async () => {
    await apply([...WINDOWS_DEVICE, '--yes']);
    const scep = theProfile(profiles(), 'Skep Windows: device certificate');
    const description = `Owner: Robin.\n${String(scep.members['description'])}`;
    scep.members = { ...scep.members, renewalThresholdPercentage: 35, description };
    const run = await apply([...WINDOWS_DEVICE, '--update', '--yes']);
    expect([run.err, run.exitCode]).toEqual(['', 0]);
    const [patch, ...others] = run.requests.filter((line) => !line.startsWith('GET '));
    expect(others).toEqual([]);
    expect(patch).toMatch(new RegExp(`^PATCH …/${scep.id} `));
    expect(patch).not.toContain('displayName');
    expect(scep.members).toMatchObject({ renewalThresholdPercentage: 20, description });
    expect((await apply([...WINDOWS_DEVICE, '--json'])).exitCode).toBe(0);
  });

  it('binds a profile to the right certificate when the CA gets another above it', async () => {
    await apply([...WINDOWS_DEVICE, '--yes']);
    const scep = theProfile(profiles(), 'Skep Windows: device certificate');
    const before = scep.version;
    await useSubordinate();
    const run = await apply([...WINDOWS_DEVICE, '--update', '--yes']);
    expect([run.err, run.exitCode]).toEqual(['', 0]);
    const issuer = theProfile(profiles(), 'Skep Windows: issuing CA');
    const writes = run.requests.filter((line) => !line.startsWith('GET '));
    expect(writes.map(withoutBody)).toEqual([
      'POST …',
      `PUT …/${scep.id}/microsoft.graph.windows81SCEPCertificateProfile/rootCertificate/$ref`,
    ]);
    expect(writes[1]).toContain(`{"@odata.id":"${simulator().url}…('${issuer.id}')"}`);
    expect(scep.references['rootCertificate']).toEqual([issuer.id]);
    expect(scep.version).toBe(before + 1);
  });

  it('adds a missing root to a list of them', async () => {
    const args = [...WINDOWS_DEVICE, '--wifi', 'Contoso', '--radius-server', 'r.example', '--yes'];
    await apply(args);
    const wifi = theProfile(profiles(), 'Skep Windows: Wi-Fi Contoso (device)');
    const root = theProfile(profiles(), 'Skep Windows: root CA').id;
    const { identityCertificateForClientAuthentication: identity = [] } = wifi.references;
    wifi.references = {
      rootCertificatesForServerValidation: [],
      identityCertificateForClientAuthentication: identity,
    };
    const run = await apply([...args, '--update']);
    expect(run.requests.filter((line) => !line.startsWith('GET '))).toEqual([
      `POST …/${wifi.id}/microsoft.graph.windowsWifiEnterpriseEAPConfiguration/rootCertificatesForServerValidation/$ref` +
        ` {"@odata.id":"${simulator().url}…('${root}')"}`,
    ]);
    expect(wifi.references['rootCertificatesForServerValidation']).toEqual([root]);
  });

  it('keeps apart what was made with another prefix', async () => {
    await apply([...WINDOWS_DEVICE, '--yes']);
    await apply([...WINDOWS_DEVICE, '--name-prefix', 'Pilot', '--threshold', '40', '--yes']);
    expect([...profiles().keys()]).toEqual([
      'Skep Windows: root CA',
      'Skep Windows: device certificate',
      'Pilot Windows: root CA',
      'Pilot Windows: device certificate',
    ]);
    expect((await apply(WINDOWS_DEVICE)).exitCode).toBe(0);
  });
});

describe('a run that ends early', () => {
  const ALL = ['--platform', 'windows,ios', '--yes'] as const;

  it('is gone on with by the next one', async () => {
    let posts = 0;
    const first = await apply(ALL, {
      onRequest: (line) => {
        if (line.startsWith('POST /beta') && ++posts === 3) throw new TypeError('fetch failed');
      },
    });
    expect(first.exitCode).toBe(1);
    expect(first.err).toMatch(/Next: Run the command again/);
    expect(profiles().size).toBe(2);
    const second = await apply([...ALL, '--json']);
    expect(resultOf(second).profiles.map(({ action }) => action)).toEqual([
      'unchanged',
      'unchanged',
      'create',
      'create',
      'create',
      'create',
    ]);
    expect(simulator().state.configurations.size).toBe(6);
    expect(profiles().size).toBe(6);
  });

  it('makes no second profile of one whose answer was lost', async () => {
    simulator().faults.add({ kind: 'reset', endpoint: 'graphConfigurations', when: 'after', count: 1 });
    // The list is read again after its reset; the next one hits the first creation.
    const first = await apply(ALL, {
      onRequest: (line) => {
        if (line.startsWith('POST /beta') && simulator().state.configurations.size === 1)
          simulator().faults.add({ kind: 'reset', endpoint: 'graphConfigurations', when: 'after', count: 1 });
      },
    });
    expect([first.exitCode, first.err]).toEqual([1, expect.stringContaining('gave no answer') as string]);
    expect(simulator().state.configurations.size).toBe(2);
    const second = await apply(ALL);
    expect([second.err, second.exitCode]).toEqual(['', 0]);
    expect(simulator().state.configurations.size).toBe(6);
    expect(profiles().size).toBe(6);
  });
});

describe('what stands in the way', () => {
  it('is a profile of the name that is not ours', async () => {
    await apply([...WINDOWS_DEVICE, '--yes']);
    const root = theProfile(profiles(), 'Skep Windows: root CA');
    root.members = { ...root.members, description: 'made by hand' };
    const run = await apply([...WINDOWS_DEVICE, '--yes', '--json']);
    expect([run.exitCode, resultOf(run).code]).toEqual([1, 'ERR_PROFILE_NAME']);
    expect(run.requests).toEqual([LIST]);
  });

  it('is a second one of ours', async () => {
    await apply([...WINDOWS_DEVICE, '--yes']);
    const root = theProfile(profiles(), 'Skep Windows: root CA');
    simulator().state.configurations.set('copy', { ...root, id: 'copy' });
    const run = await apply([...WINDOWS_DEVICE, '--yes', '--json']);
    expect([run.exitCode, resultOf(run).code]).toEqual([1, 'ERR_PROFILE_TWICE']);
  });

  it('is one of another type', async () => {
    await apply([...WINDOWS_DEVICE, '--yes']);
    const root = theProfile(profiles(), 'Skep Windows: root CA');
    simulator().state.configurations.set(root.id, { ...root, type: 'iosTrustedRootCertificate' });
    const run = await apply([...WINDOWS_DEVICE, '--yes', '--json']);
    expect([run.exitCode, resultOf(run).code]).toEqual([1, 'ERR_PROFILE_TYPE']);
  });

  it('is a person who may not', async () => {
    const administrator = simulator().state.administrators.get(SEED_IDS.administrator);
    if (!administrator) throw new Error('nobody');
    administrator.permissions = ['DeviceManagementConfiguration.Read.All'];
    const run = await apply([...WINDOWS_DEVICE, '--yes']);
    expect(run.exitCode).toBe(1);
    expect(run.err).toMatch(/Next: Sign in as an Intune Administrator/);
    expect(profiles().size).toBe(0);
  });
});
