/** Graph's profiles and groups, asked over HTTP as any administrator's tool would ask. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PUBLIC_CLIENTS } from '../../../dev/intune/constants.js';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import { control, getToken, GRAPH_SCOPE } from '../../support/intune-simulator.js';

let simulator: IntuneSimulator;
beforeAll(async () => {
  simulator = await startIntuneSimulator();
});
afterAll(() => simulator.close());
beforeEach(() => control(simulator, 'POST', 'reset'));

const PROFILES = 'beta/deviceManagement/deviceConfigurations';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** In the name of the administrator. */
async function graph(method: string, path: string, body?: object): Promise<Answer> {
  const administrator = simulator.state.administrators.get(SEED_IDS.administrator);
  const token = await getToken(simulator, GRAPH_SCOPE, {
    grant_type: 'password',
    client_id: [...PUBLIC_CLIENTS][1] ?? '',
    username: administrator?.userPrincipalName ?? '',
    password: SEED_IDS.administratorPassword,
  });
  const response = await fetch(`${simulator.url}/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) };
}

const ROOT = {
  '@odata.type': '#microsoft.graph.windows81TrustedRootCertificate',
  displayName: 'Root',
  trustedRootCertificate: 'AQID',
  certFileName: 'root.cer',
  destinationStore: 'computerCertStoreRoot',
};

const addressOf = (id: unknown) =>
  `https://graph.microsoft.com/beta/deviceManagement/deviceConfigurations('${String(id)}')`;

const scepOf = (rootId: unknown) => ({
  '@odata.type': '#microsoft.graph.windows81SCEPCertificateProfile',
  displayName: 'SCEP',
  scepServerUrls: ['https://skep.example/certsrv/mscep/mscep.dll'],
  subjectNameFormat: 'custom',
  subjectNameFormatString: 'CN={{DeviceId}}',
  customSubjectAlternativeNames: [
    { sanType: 'universalResourceIdentifier', name: 'IntuneDeviceId://{{DeviceId}}' },
  ],
  certificateValidityPeriodScale: 'years',
  certificateValidityPeriodValue: 1,
  renewalThresholdPercentage: 20,
  keyUsage: 'digitalSignature,keyEncipherment',
  keySize: 'size2048',
  hashAlgorithm: 'sha2',
  keyStorageProvider: 'useSoftwareKsp',
  extendedKeyUsages: [{ name: 'Client Authentication', objectIdentifier: '1.3.6.1.5.5.7.3.2' }],
  certificateStore: 'machine',
  'rootCertificate@odata.bind': addressOf(rootId),
});

async function create(body: object): Promise<string> {
  const answer = await graph('POST', PROFILES, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return String(answer.body['id']);
}

const assign = (id: string, ...targets: object[]) =>
  graph('POST', `${PROFILES}/${id}/assign`, { assignments: targets.map((target) => ({ target })) });

const toGroup = (groupId: string, type = 'groupAssignmentTarget') => ({
  '@odata.type': `#microsoft.graph.${type}`,
  groupId,
});

const addGroup = async (displayName: string, ...memberIds: string[]): Promise<string> =>
  String((await control(simulator, 'POST', 'groups', { displayName, memberIds })).body['id']);

const decisions = async () =>
  (await simulator.syncDevice(SEED_IDS.device)).decisions.filter(
    (decision) => 'profileId' in decision && decision.profileId !== SEED_IDS.profile,
  );

describe('a profile', () => {
  it('comes back with usages in the order of their bits, and without what it refers to', async () => {
    const rootId = await create(ROOT);
    const { body } = await graph('POST', PROFILES, scepOf(rootId));
    expect(body).toMatchObject({
      '@odata.type': '#microsoft.graph.windows81SCEPCertificateProfile',
      version: 1,
      keyUsage: 'keyEncipherment,digitalSignature',
    });
    expect(Object.keys(body).filter((name) => name.startsWith('rootCertificate'))).toEqual([]);
    const relation = `${PROFILES}/${String(body['id'])}/microsoft.graph.windows81SCEPCertificateProfile/rootCertificate`;
    expect((await graph('GET', relation)).body).toMatchObject({ id: rootId, displayName: 'Root' });
    expect((await graph('GET', relation.replace('windows81SCEP', 'iosScep'))).status).toBe(400);
  });

  it.each([
    ['an unknown type', { '@odata.type': '#microsoft.graph.windows12SCEPCertificateProfile' }],
    ['a type without its namespace', { '@odata.type': 'windows81SCEPCertificateProfile' }],
    ['a missing member', { scepServerUrls: undefined }],
    ['an unknown member', { renewalThreshold: 20 }],
    ['a value out of range', { renewalThresholdPercentage: 100 }],
    ['an unknown value', { keySize: 'size3072' }],
    ['no reference', { 'rootCertificate@odata.bind': undefined }],
    ['a reference to nothing', { 'rootCertificate@odata.bind': addressOf('none') }],
    ['a list of references where one belongs', { 'rootCertificate@odata.bind': [addressOf('none')] }],
    ['a relation that it does not have', { 'issuer@odata.bind': addressOf('none') }],
  ])('is refused with %s', async (_name, change) => {
    const rootId = await create(ROOT);
    expect(await graph('POST', PROFILES, { ...scepOf(rootId), ...change })).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest' } },
    });
    expect(simulator.state.configurations.size).toBe(1);
  });

  it('is refused when it refers to another platform’s', async () => {
    const ios = {
      ...ROOT,
      '@odata.type': '#microsoft.graph.iosTrustedRootCertificate',
      destinationStore: undefined,
    };
    expect((await graph('POST', PROFILES, scepOf(await create(ios)))).status).toBe(400);
  });

  it('is changed in part, and never into another type', async () => {
    const id = await create(ROOT);
    const type = { '@odata.type': ROOT['@odata.type'] };
    const changed = await graph('PATCH', `${PROFILES}/${id}`, { ...type, displayName: 'Another' });
    expect(changed.body).toMatchObject({ displayName: 'Another', certFileName: 'root.cer', version: 2 });
    expect((await graph('PATCH', `${PROFILES}/${id}`, { displayName: 'X' })).status).toBe(400);
    expect((await graph('PATCH', `${PROFILES}/none`, { ...type, displayName: 'X' })).status).toBe(404);
  });

  it('is read and written by those who may', async () => {
    const administrator = simulator.state.administrators.get(SEED_IDS.administrator);
    if (!administrator) throw new Error('nobody');
    administrator.permissions = ['DeviceManagementConfiguration.Read.All'];
    expect((await graph('GET', PROFILES)).status).toBe(200);
    expect((await graph('POST', PROFILES, ROOT)).status).toBe(403);
    administrator.permissions = ['Group.Read.All'];
    expect((await graph('GET', PROFILES)).status).toBe(403);
  });
});

describe('a SCEP profile and a device', () => {
  it('meet where both it and its trusted certificate are assigned', async () => {
    const group = await addGroup('Laptops', SEED_IDS.device);
    const rootId = await create(ROOT);
    const scepId = await create(scepOf(rootId));
    expect(await decisions()).toEqual([]);
    await assign(scepId, toGroup(group));
    expect(await decisions()).toMatchObject([
      { action: 'fail', profileId: scepId, reason: expect.stringContaining('trusted certificate') as string },
    ]);
    await assign(rootId, toGroup(group));
    expect(await decisions()).toMatchObject([{ action: 'request', profileId: scepId, reason: 'missing' }]);
    await control(simulator, 'PATCH', `groups/${group}`, { memberIds: [] });
    expect((await decisions()).filter(({ action }) => action === 'request')).toEqual([]);
  });

  it('do not meet where the device is excluded, or of another platform', async () => {
    const [all, some] = [await addGroup('All', SEED_IDS.user), await addGroup('Some', SEED_IDS.device)];
    const rootId = await create(ROOT);
    const scepId = await create(scepOf(rootId));
    await assign(rootId, { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' });
    await assign(scepId, toGroup(all), toGroup(some, 'exclusionGroupAssignmentTarget'));
    expect(await decisions()).toEqual([]);
    await assign(scepId, toGroup(all));
    expect(await decisions()).toHaveLength(1);
    await control(simulator, 'PATCH', `devices/${SEED_IDS.device}`, { os: 'iOS' });
    expect((await decisions()).filter(({ action }) => action === 'request')).toEqual([]);
  });

  it('meet anew when what a request must hold is changed', async () => {
    const group = await addGroup('Laptops', SEED_IDS.device);
    const rootId = await create(ROOT);
    const scepId = await create(scepOf(rootId));
    for (const id of [rootId, scepId]) await assign(id, toGroup(group));
    const before = simulator.state.profiles.get(scepId)?.version;
    const { '@odata.type': type } = scepOf(rootId);
    await graph('PATCH', `${PROFILES}/${scepId}`, { '@odata.type': type, renewalThresholdPercentage: 30 });
    expect(simulator.state.profiles.get(scepId)).toMatchObject({
      version: before,
      renewalThresholdPercent: 30,
    });
    await graph('PATCH', `${PROFILES}/${scepId}`, { '@odata.type': type, subjectNameFormatString: 'CN=x' });
    expect(simulator.state.profiles.get(scepId)?.version).toBe((before ?? 0) + 1);
  });

  it('meet by the thumbprint of the certificate that the profile refers to', async () => {
    const [first, second] = [await create(ROOT), await create({ ...ROOT, trustedRootCertificate: 'BAUG' })];
    const scepId = await create(scepOf(first));
    const before = simulator.state.profiles.get(scepId)?.caThumbprint;
    const reference = `${PROFILES}/${scepId}/microsoft.graph.windows81SCEPCertificateProfile/rootCertificate/$ref`;
    expect((await graph('PUT', reference, { '@odata.id': addressOf(second) })).status).toBe(204);
    expect(simulator.state.profiles.get(scepId)?.caThumbprint).not.toBe(before);
    expect((await graph('POST', reference, { '@odata.id': addressOf(first) })).status).toBe(400);
  });

  it.each([
    ['a group that is not there', [toGroup('none')]],
    ['a sort of target that is not known', [{ '@odata.type': '#microsoft.graph.somebody' }]],
    ['nothing that could be a target', [null]],
  ])('are not brought together by %s', async (_name, targets) => {
    const id = await create(ROOT);
    expect((await assign(id, ...(targets as object[]))).status).toBe(400);
    expect((await graph('POST', `${PROFILES}/${id}/assign`, {})).status).toBe(400);
  });
});

describe('groups', () => {
  it('are found by name, whatever its case, and by id', async () => {
    const id = await addGroup("Robin's laptops");
    await addGroup('Others');
    const filter = encodeURIComponent("displayName eq 'robin''s laptops'");
    for (const version of ['v1.0', 'beta']) {
      const { body } = await graph('GET', `${version}/groups?$filter=${filter}&$select=id,displayName`);
      expect(body['value']).toEqual([{ id, displayName: "Robin's laptops" }]);
      expect((await graph('GET', `${version}/groups/${id}`)).body).toMatchObject({ id });
    }
    expect((await graph('GET', 'v1.0/groups?$filter=mail%20eq%20null')).status).toBe(400);
    expect((await graph('GET', 'v1.0/groups/none')).status).toBe(404);
  });
});
