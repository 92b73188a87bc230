import { describe, expect, it } from 'vitest';
import { createIdentityCheck } from '../../../lib/directory/identity-check.js';
import type { ClaimedIdentity } from '../../../lib/validators/identity-check.js';
import {
  createFakeGraph,
  entraDevice,
  entraUser,
  found,
  IDS,
  managedDevice,
  NOT_FOUND,
  PATHS,
  type Canned,
} from './fake-graph.js';

const SID = 'S-1-5-21-1-2-3-1104';
const DEVICE_SID = 'S-1-5-21-1-2-3-2201';
const ROBIN = 'robin@example.com';

const PRESENT: Readonly<Record<string, Canned>> = {
  [PATHS.managed]: found(managedDevice()),
  [PATHS.entra]: found(entraDevice({ onPremisesSecurityIdentifier: DEVICE_SID })),
  [PATHS.user]: found(entraUser()),
};

async function check(claimed: Partial<ClaimedIdentity>, changes: Readonly<Record<string, Canned>> = {}) {
  const { directory, time } = createFakeGraph({ ...PRESENT, ...changes });
  const identity = { deviceIds: [], securityIdentifiers: [], ...claimed };
  return time.run(createIdentityCheck(directory.lookups).check(identity));
}

const refused = (detail: string) => ({ confirmed: false, code: 'ERR_IDENTITY_MISMATCH', detail });

describe('the identity check', () => {
  it('confirms a device by either id, or both, with its own security identifier', async () => {
    const confirmed = { confirmed: true, securityIdentifier: DEVICE_SID };
    expect(await check({ deviceIds: [IDS.managed] })).toEqual(confirmed);
    expect(await check({ deviceIds: [IDS.entra] })).toEqual(confirmed);
    expect(await check({ deviceIds: [IDS.entra, IDS.managed] })).toEqual(confirmed);
  });

  it('confirms a user, whose security identifier goes before the device’s', async () => {
    expect(await check({ user: ROBIN })).toEqual({ confirmed: true, securityIdentifier: SID });
    expect(await check({ user: ROBIN, deviceIds: [IDS.managed] })).toEqual({
      confirmed: true,
      securityIdentifier: SID,
    });
  });

  it('confirms whoever names nobody', async () => {
    expect(await check({})).toEqual({ confirmed: true });
  });

  it.each<[string, Partial<ClaimedIdentity>, Readonly<Record<string, Canned>>, string]>([
    ['an unknown device', { deviceIds: [IDS.user] }, {}, 'the device is not known'],
    [
      'a device that Entra does not have',
      { deviceIds: [IDS.managed] },
      { [PATHS.entra]: NOT_FOUND },
      'the device is not known',
    ],
    [
      'a disabled device',
      { deviceIds: [IDS.managed] },
      { [PATHS.entra]: found(entraDevice({ accountEnabled: false })) },
      'the device is disabled',
    ],
    [
      'a device that is being wiped',
      { deviceIds: [IDS.managed] },
      {
        [PATHS.managed]: found(
          managedDevice({ deviceActionResults: [{ actionName: 'wipe', actionState: 'pending' }] }),
        ),
      },
      'the device is being retired or wiped',
    ],
    [
      'two devices',
      { deviceIds: [IDS.managed, IDS.user] },
      {},
      'the device ids are of two devices, or not known',
    ],
    ['an unknown user', { user: 'eve@example.com' }, {}, 'the user is not known'],
    [
      'a user who is called otherwise',
      { user: ROBIN },
      { [PATHS.user]: found(entraUser({ userPrincipalName: 'ro@example.com' })) },
      'the user is not known',
    ],
    [
      'a disabled user',
      { user: ROBIN },
      { [PATHS.user]: found(entraUser({ accountEnabled: false })) },
      'the user is disabled',
    ],
    [
      'another’s security identifier',
      { user: ROBIN, securityIdentifiers: [SID, 'S-1-5-21-1-2-3-500'] },
      {},
      'the security identifier is somebody else’s',
    ],
    [
      'the user’s security identifier, for a device',
      { deviceIds: [IDS.managed], securityIdentifiers: [SID] },
      {},
      'the security identifier is somebody else’s',
    ],
    [
      'a security identifier without an account on premises',
      { user: ROBIN, securityIdentifiers: [SID] },
      { [PATHS.user]: found(entraUser({ onPremisesSecurityIdentifier: null })) },
      'a security identifier is claimed and the directory has none',
    ],
    [
      'a security identifier of nobody',
      { securityIdentifiers: [SID] },
      {},
      'a security identifier is claimed and the directory has none',
    ],
  ])('refuses %s', async (_, claimed, changes, detail) => {
    expect(await check(claimed, changes)).toEqual(refused(detail));
  });

  it('confirms the security identifier of the directory', async () => {
    expect(await check({ user: ROBIN, securityIdentifiers: [SID] })).toMatchObject({ confirmed: true });
  });

  it('has no verdict while Graph is away', async () => {
    await expect(
      check({ user: ROBIN }, { users: { status: 503 }, [PATHS.user]: { status: 503 } }),
    ).rejects.toMatchObject({
      code: 'ERR_DIRECTORY_UNAVAILABLE',
    });
  });
});
