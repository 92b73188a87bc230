import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../../dev/intune/sync/commands.js';
import { isDueForRenewal } from '../../../dev/intune/sync/decide.js';
import type { Device, ScepProfile } from '../../../dev/intune/model.js';
import { defaultSeed, SEED_IDS } from '../../../dev/intune/seed.js';
import { startIntuneSimulator, type IntuneSimulator } from '../../../dev/intune/server.js';
import { resetState } from '../../../dev/intune/state.js';
import { DAY_MS } from '../../../lib/base/clock.js';
import { control, installCertificate } from '../../support/intune-simulator.js';

const YEAR_MS = 365 * DAY_MS;
const ROOT = './Device/Vendor/MSFT/ClientCertificateInstall/SCEP/';

let simulator: IntuneSimulator;
beforeAll(async () => {
  simulator = await startIntuneSimulator();
});
beforeEach(async () => {
  simulator.clock.freeze(new Date('2026-01-01T00:00:00Z'));
  await resetState(simulator.state, defaultSeed());
});
afterAll(() => simulator.close());

const sync = () => simulator.syncDevice(SEED_IDS.device);
const editProfile = (changes: Partial<ScepProfile>) =>
  control(simulator, 'PATCH', `profiles/${SEED_IDS.profile}`, changes);
const act = (event: string, body?: unknown) =>
  control(simulator, 'POST', `devices/${SEED_IDS.device}/${event}`, body);
const revocations = () =>
  [...simulator.state.revocations.values()].map(({ cause, state }) => ({ cause, state }));

function seededDevice(): Device {
  const device = simulator.state.devices.get(SEED_IDS.device);
  if (!device) throw new Error('no device');
  return device;
}

function findAtomic(commands: readonly Command[]): Extract<Command, { verb: 'Atomic' }> {
  const found = commands.find((command) => command.verb === 'Atomic');
  if (!found) throw new Error('no Atomic');
  return found;
}

describe('the first session', () => {
  it('asks, then sends one Atomic with the nodes in order', async () => {
    const { decisions, commands } = await sync();
    expect(decisions).toMatchObject([{ action: 'request', reason: 'missing', profileId: SEED_IDS.profile }]);
    expect(commands.slice(0, 2)).toEqual([
      { verb: 'Get', target: './Device/Vendor/MSFT/NodeCache/MS DM Server/CacheVersion' },
      { verb: 'Get', target: './Device/Vendor/MSFT/NodeCache/MS DM Server/ChangedNodes' },
    ]);
    const atomic = findAtomic(commands);
    const node = ROOT + atomic.uniqueId;
    const rows = atomic.commands.map((command) => [
      command.verb,
      'target' in command ? command.target.replace(node, '') : '',
      'format' in command ? command.format : '',
      'data' in command && !command.target.endsWith('/Challenge') ? command.data : undefined,
    ]);
    expect(rows).toEqual([
      ['Add', '', 'node', undefined],
      ['Add', '/Install/RetryCount', 'int', '3'],
      ['Add', '/Install/RetryDelay', 'int', '1'],
      ['Add', '/Install/KeyUsage', 'int', '160'],
      ['Add', '/Install/KeyLength', 'int', '2048'],
      ['Add', '/Install/HashAlgorithm', 'chr', 'SHA-2'],
      ['Add', '/Install/SubjectName', 'chr', `CN=${SEED_IDS.device}`],
      ['Add', '/Install/SubjectAlternativeNames', 'chr', `7+IntuneDeviceId://${SEED_IDS.device}`],
      ['Add', '/Install/ValidPeriod', 'chr', 'Years'],
      ['Add', '/Install/ValidPeriodUnits', 'int', '1'],
      ['Add', '/Install/EKUMapping', 'chr', '1.3.6.1.5.5.7.3.2'],
      ['Add', '/Install/KeyProtection', 'int', '2'],
      ['Add', '/Install/ServerURL', 'chr', 'http://127.0.0.1:7071/certsrv/mscep/mscep.dll'],
      ['Add', '/Install/Challenge', 'chr', undefined],
      ['Add', '/Install/CAThumbprint', 'chr', '0'.repeat(40)],
      ['Exec', '/Install/Enroll', 'null', undefined],
    ]);
  });

  it('names user nodes for a user profile', async () => {
    await editProfile({ type: 'user' });
    const atomic = findAtomic((await sync()).commands);
    expect(atomic.commands[0]).toMatchObject({
      target: expect.stringMatching(/^\.\/User\/Vendor\//) as string,
    });
  });

  it('says why a profile cannot be deployed', async () => {
    await editProfile({ subjectFormat: 'CN={{IMEINumber}}' });
    expect((await sync()).decisions).toMatchObject([
      { action: 'fail', reason: expect.stringContaining('IMEINumber') as string },
    ]);
  });
});

describe('a device with a certificate', () => {
  it('is left alone at 79 % of its life and asked to renew at 80 %', async () => {
    await installCertificate(simulator, YEAR_MS);
    simulator.clock.advance(0.79 * YEAR_MS);
    expect((await sync()).decisions).toMatchObject([{ action: 'none', reason: 'healthy' }]);
    simulator.clock.freeze(new Date(Date.parse('2026-01-01T00:00:00Z') + 0.8 * YEAR_MS - 1));
    expect((await sync()).decisions).toMatchObject([{ action: 'none' }]);
    simulator.clock.advance(1);
    expect((await sync()).decisions).toMatchObject([{ action: 'request', reason: 'threshold' }]);
  });

  it('follows the threshold of its profile', async () => {
    await installCertificate(simulator, YEAR_MS);
    await editProfile({ renewalThresholdPercent: 50 });
    simulator.clock.advance(0.49 * YEAR_MS);
    expect((await sync()).decisions).toMatchObject([{ action: 'none' }]);
    simulator.clock.advance(0.01 * YEAR_MS);
    expect((await sync()).decisions).toMatchObject([{ action: 'request', reason: 'threshold' }]);
  });

  it('renews in the same node, with Replace', async () => {
    const { uniqueId } = await installCertificate(simulator, YEAR_MS);
    simulator.clock.advance(0.9 * YEAR_MS);
    const atomic = findAtomic((await sync()).commands);
    expect(atomic.uniqueId).toBe(uniqueId);
    expect(new Set(atomic.commands.map(({ verb }) => verb))).toEqual(new Set(['Replace', 'Exec']));
    expect(atomic.commands.at(-1)).toMatchObject({ verb: 'Exec' });
  });

  it('gets a new request when the thumbprint is empty, and no revocation', async () => {
    await installCertificate(simulator, YEAR_MS);
    await act('delete-certificate');
    expect((await sync()).decisions).toMatchObject([{ action: 'request', reason: 'missing' }]);
    expect(revocations()).toEqual([]);
  });

  it('gets a new request when the device reports that the node is gone', async () => {
    await installCertificate(simulator, YEAR_MS);
    const { body } = await act('sync', { csp: {} });
    expect(body['decisions']).toMatchObject([{ action: 'request', reason: 'missing' }]);
  });

  it('keeps its node cache in step', async () => {
    const { uniqueId, thumbprint } = await installCertificate(simulator, YEAR_MS);
    const first = await sync();
    expect(first.commands).toContainEqual({
      verb: 'Add',
      target: `./Device/Vendor/MSFT/NodeCache/MS DM Server/Nodes/${uniqueId}/ExpectedValue`,
      format: 'chr',
      data: thumbprint,
    });
    const second = await sync();
    expect(second.commands.map(({ verb }) => verb)).toEqual(['Get', 'Get', 'Get']);
    expect(second.commands[2]).toEqual({ verb: 'Get', target: `${ROOT}${uniqueId}/CertThumbprint` });
    expect(seededDevice().nodeCache).toEqual({ version: 1, nodes: { [uniqueId]: thumbprint } });
  });
});

describe('an edited profile', () => {
  it.each<[string, Partial<ScepProfile>]>([
    ['EKU', { extendedKeyUsages: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'] }],
    ['subject', { subjectFormat: 'CN={{DeviceName}}' }],
    ['alternative names', { subjectAlternativeNames: [] }],
    ['validity', { validity: { unit: 'Months', count: 6 } }],
  ])('makes a new hash, a new request and a revocation: %s', async (_name, changes) => {
    const old = await installCertificate(simulator, YEAR_MS);
    await editProfile(changes);
    expect(revocations()).toEqual([{ cause: 'profileChanged', state: 'queued' }]);
    const { decisions, commands } = await sync();
    expect(decisions).toMatchObject([{ action: 'request', reason: 'changedHash' }]);
    expect(findAtomic(commands).uniqueId).not.toBe(old.uniqueId);
    expect(findAtomic(commands).requestId).toContain(';Version=2;');
    expect(commands.filter(({ verb }) => verb === 'Delete')).toEqual([]);
    expect(revocations()).toHaveLength(1);
  });

  it.each<[string, Partial<ScepProfile>]>([
    ['name', { name: 'Renamed' }],
    ['description', { description: 'More words' }],
    ['threshold', { renewalThresholdPercent: 30 }],
    ['URL', { serverUrls: ['https://other.example/scep'] }],
  ])('leaves devices alone: %s', async (_name, changes) => {
    await installCertificate(simulator, YEAR_MS);
    await editProfile(changes);
    expect((await sync()).decisions).toMatchObject([{ action: 'none' }]);
    expect(revocations()).toEqual([]);
  });

  it('counts a renamed device as changed where its name is in the request', async () => {
    await editProfile({ subjectFormat: 'CN={{DeviceName}}' });
    await installCertificate(simulator, YEAR_MS);
    await act('rename', { name: 'DC01' });
    const { decisions, commands } = await sync();
    expect(decisions).toMatchObject([{ action: 'request', reason: 'changedHash' }]);
    expect(JSON.stringify(commands)).toContain('CN=DC01');
    expect(revocations()).toEqual([{ cause: 'profileChanged', state: 'queued' }]);
  });
});

describe('the end', () => {
  it('of an assignment: node deleted, certificate revoked, once', async () => {
    const { uniqueId } = await installCertificate(simulator, YEAR_MS);
    await act('unassign');
    expect(revocations()).toEqual([{ cause: 'unassigned', state: 'queued' }]);
    const { decisions, commands } = await sync();
    expect(decisions).toEqual([{ action: 'delete', uniqueId, reason: 'unassigned' }]);
    expect(commands).toContainEqual({ verb: 'Delete', target: ROOT + uniqueId });
    expect((await sync()).decisions).toEqual([]);
    expect(revocations()).toHaveLength(1);
  });

  it('by deleting the assignment has the same effect', async () => {
    await installCertificate(simulator, YEAR_MS);
    await control(simulator, 'DELETE', `assignments/${SEED_IDS.assignment}`);
    expect(revocations()).toEqual([{ cause: 'unassigned', state: 'queued' }]);
  });

  it('of a retired device: one last session', async () => {
    const { uniqueId } = await installCertificate(simulator, YEAR_MS);
    await act('retire');
    expect(revocations()).toEqual([{ cause: 'retired', state: 'queued' }]);
    expect((await sync()).decisions).toEqual([{ action: 'delete', uniqueId, reason: 'retired' }]);
    await expect(sync()).rejects.toMatchObject({ name: 'DeploymentError' });
  });

  it('of a wiped device: no session', async () => {
    await installCertificate(simulator, YEAR_MS);
    await act('wipe');
    expect(revocations()).toEqual([{ cause: 'wiped', state: 'queued' }]);
    expect((await act('sync')).status).toBe(409);
  });

  it('of a user revokes nothing', async () => {
    await installCertificate(simulator, YEAR_MS);
    await control(simulator, 'DELETE', `users/${SEED_IDS.user}`);
    expect(revocations()).toEqual([]);
  });
});

describe('isDueForRenewal', () => {
  const life = { recordedAt: '2026-01-01T00:00:00Z', expiresAt: '2026-01-11T00:00:00Z' };
  it.each([
    ['2026-01-08T23:59:59.999Z', false],
    ['2026-01-09T00:00:00Z', true],
    ['2026-02-01T00:00:00Z', true],
  ])('%s', (now, due) => {
    expect(isDueForRenewal(life, 20, new Date(now))).toBe(due);
  });
});
