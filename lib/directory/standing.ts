/** @module What the directory's objects mean for a certificate: good, suspended, or ended. */
import type { Evidence, Holder, Standing } from './directory.js';
import type { Lookups } from './lookups.js';
import type { EntraDevice, ManagedDevice } from './objects.js';

export interface StandingRules {
  /** Whether a device that is not compliant is suspended. */
  readonly compliance: boolean;
}

const GOOD: Standing = { standing: 'good' };

const RANK = { good: 0, suspended: 1, ended: 2 } as const satisfies Record<Standing['standing'], number>;

const worst = (standings: readonly Standing[]): Standing =>
  standings.reduce((a, b) => (RANK[b.standing] > RANK[a.standing] ? b : a), GOOD);

/** Throws as `Lookups` does. */
export function createStandings(
  lookups: Lookups,
  rules: StandingRules,
): (holder: Holder, evidence?: Evidence) => Promise<Standing> {
  async function ofDevice(deviceId: string, issuedAt: Date, wasManaged: boolean): Promise<Standing> {
    const managed = await lookups.managedDevice(deviceId);
    if (managed) {
      const { entraDeviceId } = managed;
      const entra = entraDeviceId === undefined ? [] : [ofEntra(await lookups.entraDevice(entraDeviceId))];
      return worst([ofManaged(managed, issuedAt, rules), ...entra]);
    }
    const entra = await lookups.entraDevice(deviceId);
    if (!entra) return { standing: 'ended', why: 'device-deleted' };
    const enrollments = await lookups.managedDevicesOf(deviceId);
    const intunes = enrollments.map((enrollment) => ofManaged(enrollment, issuedAt, rules));
    return worst([ofEntra(entra), ofEnrollments(intunes, wasManaged)]);
  }

  async function ofUser(user: string, userId: string | undefined): Promise<Standing> {
    const found = await lookups.entraUser(userId ?? user);
    if (!found) return userId === undefined ? GOOD : { standing: 'ended', why: 'user-deleted' };
    return found.enabled ? GOOD : { standing: 'suspended', why: 'user-disabled' };
  }

  return async ({ deviceId, user, issuedAt }, { wasManaged = false, userId } = {}) => {
    const standings = await Promise.all([
      ...(deviceId === undefined ? [] : [ofDevice(deviceId, issuedAt, wasManaged)]),
      ...(user === undefined ? [] : [ofUser(user, userId)]),
    ]);
    return worst(standings);
  };
}

function ofEntra(device: EntraDevice | undefined): Standing {
  if (!device) return { standing: 'ended', why: 'device-deleted' };
  return device.enabled ? GOOD : { standing: 'suspended', why: 'device-disabled' };
}

function ofManaged(
  { departure, compliant }: ManagedDevice,
  issuedAt: Date,
  { compliance }: StandingRules,
): Standing {
  if (departure && (departure.underWay || issuedAt <= departure.orderedAt)) {
    return { standing: 'ended', why: 'device-retired' };
  }
  return compliance && !compliant ? { standing: 'suspended', why: 'noncompliant' } : GOOD;
}

/** One enrollment in good standing is enough: the others are what earlier ones left behind. */
function ofEnrollments(standings: readonly Standing[], wasManaged: boolean): Standing {
  const [first, ...others] = standings;
  if (!first) return wasManaged ? { standing: 'ended', why: 'device-deleted' } : GOOD;
  return others.reduce((a, b) => (RANK[b.standing] < RANK[a.standing] ? b : a), first);
}
