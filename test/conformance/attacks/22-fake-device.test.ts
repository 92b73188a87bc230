/**
 * Attack 22: software that enrolls as a device gets genuine challenges. Whether a key is in hardware, Intune does not
 * say; what policy can do is to demand a name that the directory knows, and to ask the directory about it.
 */
import { describe, expect, it } from 'vitest';
import { createIdentityCheck } from '../../../lib/directory/identity-check.js';
import type { Lookups } from '../../../lib/directory/lookups.js';
import { createProfile } from '../../../lib/issuance/profile.js';
import { createBench, intuneEndpoint, type Bench } from '../../support/scep-bench.js';
import { expectAlert } from '../../support/alert.js';

const REAL = '7c4f1b6e-0a3d-4c58-9a0e-2f7b1d5c9e11';
const FAKE = '7c4f1b6e-0a3d-4c58-9a0e-2f7b1d5c9e12';

/** A directory that knows one device, enabled and registered with Entra under its own id. */
const lookups: Lookups = {
  managedDevice: () => Promise.resolve(undefined),
  entraDevice: (id: string) =>
    Promise.resolve(id === REAL ? ({ id: 'object', deviceId: REAL, enabled: true } as never) : undefined),
  entraUser: () => Promise.resolve(undefined),
} as never;

const ask = (bench: Bench, csr: object) => bench.ask(bench.build({ csr }));
const uri = (value: string) => ({ subjectAltNames: [{ type: 'uri', value }] as const });

describe('where every certificate must name a device or a user', () => {
  const profile = createProfile({ name: 'intune', requireIdentity: true });
  const create = () => createBench({ endpoints: () => [intuneEndpoint({ profile })] });

  it('a name of the device’s own choice is refused', async () => {
    const bench = await create();
    expect((await ask(bench, { subject: 'CN=DESKTOP-1' })).outcome).toBe('FAILURE badRequest');
    expectAlert(bench, 'ERR_SAN');
    expect(bench.store.records.size).toBe(0);
  });

  it('a device id is served', async () => {
    expect((await ask(await create(), uri(`IntuneDeviceId://${REAL}`))).outcome).toBe('SUCCESS');
  });
});

describe('where the directory is asked', () => {
  const identityCheck = createIdentityCheck(lookups);
  const create = () => createBench({ endpoints: () => [intuneEndpoint({ identityCheck })] });

  it.each([
    ['a device that it does not know', uri(`IntuneDeviceId://${FAKE}`)],
    ['a user that it does not know', { subjectAltNames: [{ type: 'upn', value: 'eve@contoso.com' }] }],
    ['a second device', { subject: `CN=${FAKE}`, ...uri(`IntuneDeviceId://${REAL}`) }],
    // Others would read a device id in these, so they count as one that nobody has.
    ['a device id with something behind it', uri(`IntuneDeviceId://${REAL}/../${FAKE}`)],
    ['a device id that is written another way', uri(`intunedeviceid:%2f%2f${FAKE}`)],
    ['two common names', { subject: `CN=${REAL},CN=${FAKE}` }],
  ])('%s is refused', async (_case, csr) => {
    const bench = await create();
    expect((await ask(bench, csr)).outcome).toBe('FAILURE badRequest');
    expectAlert(bench, 'ERR_IDENTITY_MISMATCH');
    expect(bench.store.records.size).toBe(0);
  });

  it('the device that it knows is served', async () => {
    expect((await ask(await create(), uri(`IntuneDeviceId://${REAL}`))).outcome).toBe('SUCCESS');
  });
});
