/** @module The directory confirms a request, or says in what it does not: device, user, security identifier. */
import type { ClaimedIdentity, IdentityCheck, IdentityVerdict } from '../validators/identity-check.js';
import type { Lookups } from './lookups.js';
import type { EntraDevice, EntraUser } from './objects.js';

/** A directory object, which may be one that we need not look at; or what is wrong. */
interface Found<T> {
  readonly object?: T;
  readonly problem?: string;
}

export function createIdentityCheck(lookups: Lookups): IdentityCheck {
  /** @param ids all of them must be of one device. */
  async function findDevice(ids: readonly string[]): Promise<Found<EntraDevice>> {
    const managed = (await Promise.all(ids.map((id) => lookups.managedDevice(id)))).find(Boolean);
    if (managed?.departure?.underWay) return { problem: 'the device is being retired or wiped' };
    const entraId = managed ? managed.entraDeviceId : ids[0];
    const own = [managed?.id, entraId];
    if (ids.some((id) => !own.includes(id)))
      return { problem: 'the device ids are of two devices, or not known' };
    // A device need not be registered with Entra; Intune alone vouches for it then.
    if (entraId === undefined) return {};
    const entra = await lookups.entraDevice(entraId);
    if (!entra) return { problem: 'the device is not known' };
    return entra.enabled ? { object: entra } : { problem: 'the device is disabled' };
  }

  async function findUser(user: string): Promise<Found<EntraUser>> {
    const found = await lookups.entraUser(user);
    // Graph finds users by object id too; only the name itself may stand in a certificate.
    if (found?.userPrincipalName !== user) return { problem: 'the user is not known' };
    return found.enabled ? { object: found } : { problem: 'the user is disabled' };
  }

  async function check({ deviceIds, user, securityIdentifiers }: ClaimedIdentity): Promise<IdentityVerdict> {
    const nobody: Found<never> = {};
    const [device, person] = await Promise.all([
      deviceIds.length === 0 ? nobody : findDevice(deviceIds),
      user === undefined ? nobody : findUser(user),
    ]);
    const problem = device.problem ?? person.problem;
    if (problem !== undefined) return mismatch(problem);
    // A certificate that names a user stands for the user, on whatever device.
    const own = (user === undefined ? device : person).object?.securityIdentifier;
    if (securityIdentifiers.some((claimed) => claimed !== own)) {
      return mismatch(
        own === undefined
          ? 'a security identifier is claimed and the directory has none'
          : 'the security identifier is somebody else’s',
      );
    }
    return { confirmed: true, ...(own === undefined ? {} : { securityIdentifier: own }) };
  }

  return { check };
}

function mismatch(detail: string): IdentityVerdict {
  return { confirmed: false, code: 'ERR_IDENTITY_MISMATCH', detail };
}
