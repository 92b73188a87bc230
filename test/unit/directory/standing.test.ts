import { describe, expect, it } from 'vitest';
import type { Evidence, Holder, Standing } from '../../../lib/directory/directory.js';
import {
  type Canned,
  createFakeGraph,
  entraDevice,
  entraUser,
  found,
  IDS,
  managedDevice,
  NOT_FOUND,
  PATHS,
} from './fake-graph.js';

const ISSUED = new Date('2026-02-01T00:00:00Z');
const action = (actionName: string, actionState: string, startDateTime = '2026-02-10T00:00:00Z') => ({
  deviceActionResults: [{ actionName, actionState, startDateTime }],
});

function standingOf(
  answers: Readonly<Record<string, Canned>>,
  holder: Omit<Holder, 'issuedAt'>,
  evidence: Evidence = {},
  compliance = false,
): Promise<Standing> {
  const { directory, time } = createFakeGraph(answers, { rules: { compliance } });
  return time.run(directory.standingOf({ issuedAt: ISSUED, ...holder }, evidence));
}

const GOOD = { standing: 'good' };
const DELETED = { standing: 'ended', why: 'device-deleted' };
const RETIRED = { standing: 'ended', why: 'device-retired' };
const DISABLED = { standing: 'suspended', why: 'device-disabled' };

describe('a device by its Intune id', () => {
  const device = (managed: object, entra: Canned = found(entraDevice())) =>
    standingOf(
      { [PATHS.managed]: found(managedDevice(managed)), [PATHS.entra]: entra },
      { deviceId: IDS.managed },
    );

  it('is good when Intune and Entra have it', async () => {
    expect(await device({})).toEqual(GOOD);
  });

  it('is good without Entra, where it never was', async () => {
    expect(await device({ azureADDeviceId: '00000000-0000-0000-0000-000000000000' }, NOT_FOUND)).toEqual(
      GOOD,
    );
  });

  it('is suspended while Entra has it disabled, and ended when Entra has it no more', async () => {
    expect(await device({}, found(entraDevice({ accountEnabled: false })))).toEqual(DISABLED);
    expect(await device({}, NOT_FOUND)).toEqual(DELETED);
  });

  it('is ended when nobody has it', async () => {
    expect(await standingOf({}, { deviceId: IDS.managed })).toEqual(DELETED);
  });

  it.each([
    ['retire', 'pending', RETIRED],
    ['wipe', 'active', RETIRED],
    ['factoryReset', 'done', RETIRED],
    ['removeCompanyData', 'failed', RETIRED],
    ['delete', 'pending', RETIRED],
    ['wipe', 'canceled', GOOD],
    ['retire', 'notSupported', GOOD],
    ['syncDevice', 'done', GOOD],
  ])('after %s, %s', async (name, state, standing) => {
    expect(await device(action(name, state))).toEqual(standing);
  });

  it('is good again for a certificate that came after the wipe, not while a wipe is under way', async () => {
    expect(await device(action('wipe', 'done', '2026-01-31T23:59:59Z'))).toEqual(GOOD);
    expect(await device(action('wipe', 'pending', '2026-01-31T23:59:59Z'))).toEqual(RETIRED);
    expect(await device(action('wipe', 'done', 'no time'))).toEqual(RETIRED);
  });

  it('is suspended for what it does not comply with where that counts, and nowhere else', async () => {
    const answers = {
      [PATHS.managed]: found(managedDevice({ complianceState: 'noncompliant' })),
      [PATHS.entra]: found(entraDevice()),
    };
    const holder = { deviceId: IDS.managed };
    expect(await standingOf(answers, holder)).toEqual(GOOD);
    expect(await standingOf(answers, holder, {}, true)).toEqual({
      standing: 'suspended',
      why: 'noncompliant',
    });
  });
});

describe('a device by its Entra id', () => {
  const device = (enrollments: readonly object[], evidence: Evidence = {}) =>
    standingOf(
      { [PATHS.entra]: found(entraDevice()), [PATHS.managedOfEntra]: found({ value: enrollments }) },
      { deviceId: IDS.entra },
      evidence,
    );

  it('is ended without Intune only if it was there once', async () => {
    expect(await device([])).toEqual(GOOD);
    expect(await device([], { wasManaged: true })).toEqual(DELETED);
  });

  it('is good when one of its enrollments is', async () => {
    expect(await device([managedDevice(action('retire', 'pending'))])).toEqual(RETIRED);
    expect(await device([managedDevice(action('retire', 'pending')), managedDevice()])).toEqual(GOOD);
  });
});

describe('a user', () => {
  const NAME = { user: 'robin@example.com' };

  it('is good, suspended while disabled', async () => {
    expect(await standingOf({ [PATHS.user]: found(entraUser()) }, NAME)).toEqual(GOOD);
    expect(await standingOf({ [PATHS.user]: found(entraUser({ accountEnabled: false })) }, NAME)).toEqual({
      standing: 'suspended',
      why: 'user-disabled',
    });
  });

  it('is not taken for deleted when nobody has the name: the user may be called otherwise now', async () => {
    expect(await standingOf({}, NAME)).toEqual(GOOD);
    const renamed = { [PATHS.userById]: found(entraUser({ userPrincipalName: 'ro@example.com' })) };
    expect(await standingOf(renamed, NAME, { userId: IDS.user })).toEqual(GOOD);
  });

  it('is ended when the object is gone', async () => {
    expect(await standingOf({}, NAME, { userId: IDS.user })).toEqual({
      standing: 'ended',
      why: 'user-deleted',
    });
  });

  it.each(['..', 'me', 'robin', `${'a'.repeat(320)}@example.com`])(
    'is not asked for by a name that is none: %s',
    async (user) => {
      const { directory, asked } = createFakeGraph({});
      expect(await directory.standingOf({ issuedAt: ISSUED, user })).toEqual(GOOD);
      expect(asked).toEqual([]);
    },
  );
});

describe('device and user together', () => {
  it('stand as the worse of them', async () => {
    const answers = {
      [PATHS.managed]: found(managedDevice()),
      [PATHS.entra]: found(entraDevice({ accountEnabled: false })),
      [PATHS.user]: found(entraUser()),
    };
    const holder = { deviceId: IDS.managed, user: 'robin@example.com' };
    expect(await standingOf(answers, holder)).toEqual(DISABLED);
    expect(await standingOf({ ...answers, [PATHS.entra]: NOT_FOUND }, holder)).toEqual(DELETED);
  });
});
