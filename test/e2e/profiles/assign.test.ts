import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { theProfile, useTenant } from './tenant.js';

const { simulator, apply, profiles, addGroup } = useTenant();

const WINDOWS_DEVICE = ['--platform', 'windows', '--kind', 'device'] as const;

const groupsOf = (name: string) =>
  theProfile(profiles(), name).targets.map(({ '@odata.type': type, groupId }) => [
    String(type).replace('#microsoft.graph.', ''),
    groupId,
  ]);

describe('--assign', () => {
  it('assigns all profiles to the same groups, found by name or id', async () => {
    const laptops = addGroup("Robin's laptops");
    const desktops = addGroup('Desktops');
    const run = await apply([
      ...WINDOWS_DEVICE,
      '--assign',
      "Robin's laptops",
      '--assign',
      desktops,
      '--yes',
    ]);
    expect([run.err, run.exitCode]).toEqual(['', 0]);
    expect(run.requests.slice(0, 2)).toEqual([
      "GET /beta/groups?$filter=displayName eq 'Robin''s laptops'&$select=id,displayName",
      `GET /beta/groups/${desktops}?$select=id,displayName`,
    ]);
    const expected = [laptops, desktops].map((id) => ['groupAssignmentTarget', id]);
    expect(groupsOf('Skep Windows: root CA')).toEqual(expected);
    expect(groupsOf('Skep Windows: device certificate')).toEqual(expected);
    const { id } = theProfile(profiles(), 'Skep Windows: root CA');
    expect(run.requests.filter((line) => line.includes('/assign'))[0]).toBe(
      `POST …/${id}/assign ` +
        JSON.stringify({
          assignments: [laptops, desktops].map((groupId) => ({
            target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId },
          })),
        }),
    );
  });

  it('keeps the assignments that are there, and does nothing when all are', async () => {
    const [laptops, desktops] = [addGroup('Laptops'), addGroup('Desktops')];
    await apply([...WINDOWS_DEVICE, '--assign', 'Laptops', '--yes']);
    const run = await apply([...WINDOWS_DEVICE, '--assign', 'Desktops', '--yes']);
    expect(run.out).toMatch(/unchanged +Skep Windows: root CA, assign to Desktops\n/);
    expect(groupsOf('Skep Windows: device certificate')).toEqual([
      ['groupAssignmentTarget', laptops],
      ['groupAssignmentTarget', desktops],
    ]);
    const again = await apply([...WINDOWS_DEVICE, '--assign', 'Desktops', '--assign', 'Laptops', '--yes']);
    expect(again.exitCode).toBe(0);
    expect(again.requests.filter((line) => !line.startsWith('GET '))).toEqual([]);
  });

  it('does not take an exclusion back', async () => {
    const kiosks = addGroup('Kiosks');
    await apply([...WINDOWS_DEVICE, '--yes']);
    const scep = theProfile(profiles(), 'Skep Windows: device certificate');
    scep.targets = [{ '@odata.type': '#microsoft.graph.exclusionGroupAssignmentTarget', groupId: kiosks }];
    const run = await apply([...WINDOWS_DEVICE, '--assign', 'Kiosks', '--yes']);
    expect(run.err).toBe('Note: Skep Windows: device certificate excludes Kiosks; it stays so.\n');
    expect(groupsOf('Skep Windows: device certificate')).toEqual([
      ['exclusionGroupAssignmentTarget', kiosks],
    ]);
    expect(groupsOf('Skep Windows: root CA')).toEqual([['groupAssignmentTarget', kiosks]]);
  });

  it('leaves a profile that differs unassigned', async () => {
    addGroup('Laptops');
    await apply([...WINDOWS_DEVICE, '--yes']);
    const scep = theProfile(profiles(), 'Skep Windows: device certificate');
    scep.members = { ...scep.members, renewalThresholdPercentage: 35 };
    const run = await apply([...WINDOWS_DEVICE, '--assign', 'Laptops', '--yes']);
    expect(run.exitCode).toBe(3);
    expect(groupsOf('Skep Windows: root CA')).toHaveLength(1);
    expect(groupsOf('Skep Windows: device certificate')).toEqual([]);
  });

  it.each([
    ['no group', () => undefined, 'Laptops', 'There is no group “Laptops”.'],
    ['two groups', () => ['', ''].map(() => addGroup('Laptops')), 'Laptops', 'There are 2 groups “Laptops”.'],
    ['no such id', () => undefined, randomUUID(), 'Microsoft Graph: GET groups/'],
  ])('changes nothing for %s', async (_name, prepare, group, message) => {
    prepare();
    const run = await apply([...WINDOWS_DEVICE, '--assign', group, '--yes']);
    expect(run.exitCode).toBe(1);
    expect(run.err).toContain(message);
    expect(profiles().size).toBe(0);
  });

  it('refuses both kinds at once, before anything is asked', async () => {
    const run = await apply(['--platform', 'windows', '--assign', 'Laptops', '--yes']);
    expect([run.exitCode, run.requests]).toEqual([2, []]);
    expect(run.err).toContain('--kind device');
  });

  it('asks for the right to read groups only then', async () => {
    const administrator = simulator().state.administrators.get(SEED_IDS.administrator);
    if (!administrator) throw new Error('nobody');
    administrator.permissions = ['DeviceManagementConfiguration.ReadWrite.All'];
    addGroup('Laptops');
    expect((await apply([...WINDOWS_DEVICE, '--yes'])).exitCode).toBe(0);
    expect((await apply([...WINDOWS_DEVICE, '--assign', 'Laptops', '--yes'])).exitCode).toBe(1);
  });
});
