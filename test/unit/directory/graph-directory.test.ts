import { describe, expect, it } from 'vitest';
import { codeOf } from '../../support/error-code.js';
import { createFakeGraph, entraDevice, found, IDS, managedDevice, PATHS, type Canned } from './fake-graph.js';

const HOLDER = { deviceId: IDS.entra, issuedAt: new Date('2026-02-01T00:00:00Z') };
const refusal = { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges' } };

async function failureOf(answer: Canned | readonly Canned[]) {
  const { directory, time, asked, lines } = createFakeGraph({ devices: answer });
  const thrown = await time.run(directory.readPage('devices')).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { thrown, asked, lines, time };
}

describe('a call to Graph', () => {
  it('asks for what is read and no more, as ourselves', async () => {
    const { directory, time, asked, headers, lines } = createFakeGraph({
      [PATHS.entra]: found(entraDevice()),
      [PATHS.managedOfEntra]: found({ value: [managedDevice()] }),
    });
    await time.run(directory.standingOf(HOLDER));
    const select = 'id,azureADDeviceId,userPrincipalName,operatingSystem,complianceState,deviceActionResults';
    expect(asked).toEqual([
      `deviceManagement/managedDevices/${IDS.entra}?$select=${select}`,
      `devices(deviceId='${IDS.entra}')?$select=id,deviceId,accountEnabled,onPremisesSecurityIdentifier`,
      `deviceManagement/managedDevices?$filter=azureADDeviceId eq '${IDS.entra}'&$select=${select}`,
    ]);
    expect(headers[0]).toMatchObject({ 'User-Agent': 'Skep/0.1.0', Accept: 'application/json' });
    const token = headers[0]?.['Authorization']?.slice('Bearer '.length) ?? '?';
    expect(lines.join('\n')).not.toContain(token);
  });

  it('waits as long as Graph asks, within its budget', async () => {
    const busy = (seconds: string): Canned => ({ status: 429, headers: { 'retry-after': seconds } });
    const { directory, time } = createFakeGraph({
      devices: [busy('5'), found({ value: [], '@odata.deltaLink': 'https://graph.microsoft.com/v1.0/x' })],
    });
    await time.run(directory.readPage('devices'));
    expect(time.elapsedMs()).toBe(5000);
    const { thrown, asked } = await failureOf(busy('120'));
    expect(thrown).toMatchObject({ code: 'ERR_DIRECTORY_UNAVAILABLE', retryAfterSeconds: 120 });
    expect(asked).toHaveLength(1);
  });

  it.each<[string, Canned, string]>([
    ['a server error', { status: 500 }, 'ERR_DIRECTORY_UNAVAILABLE'],
    ['a missing role', { status: 403, body: refusal }, 'ERR_DIRECTORY_FORBIDDEN'],
    ['a refused token', { status: 401 }, 'ERR_DIRECTORY_FORBIDDEN'],
    [
      'a redirect',
      { status: 302, headers: { location: 'https://elsewhere.test/' } },
      'ERR_DIRECTORY_UNAVAILABLE',
    ],
    ['no JSON', found('<html>'), 'ERR_DIRECTORY_UNAVAILABLE'],
    ['no list', found({ value: {} }), 'ERR_DIRECTORY_UNAVAILABLE'],
    ['silence', 'hang', 'ERR_DIRECTORY_UNAVAILABLE'],
  ])('fails closed on %s', async (_, answer, code) => {
    expect((await failureOf(answer)).thrown).toMatchObject({ code });
  });

  it('does not believe a 404 that is not Graph’s', async () => {
    const { directory, time } = createFakeGraph({
      deviceManagement: { status: 404, body: '<html>proxy</html>' },
    });
    await expect(time.run(directory.standingOf(HOLDER))).rejects.toMatchObject({
      code: 'ERR_DIRECTORY_UNAVAILABLE',
    });
  });

  it('keeps to a budget for all of a judgement', async () => {
    const { directory, time } = createFakeGraph({ deviceManagement: 'hang' });
    await expect(time.run(directory.standingOf(HOLDER, {}, 2000))).rejects.toMatchObject({
      code: 'ERR_DIRECTORY_UNAVAILABLE',
      detail: 'no answer within 2000 ms',
    });
    expect(time.elapsedMs()).toBe(2000);
  });

  it('goes to Graph’s hosts alone', () => {
    const at = (graphBaseUrl: string, extraHosts: string[] = []) =>
      codeOf(() => createFakeGraph({}, { graphBaseUrl, extraHosts }));
    expect(at('https://graph.example.com')).toBe('ERR_CONFIG');
    expect(at('http://graph.microsoft.com')).toBe('ERR_CONFIG');
    expect(at('http://127.0.0.1:7072', ['127.0.0.1:7072'])).toBeUndefined();
  });
});

describe('a page of a feed', () => {
  const HERE = 'https://graph.microsoft.com/v1.0';

  it('tells the present from the suspect and the removed', async () => {
    const { directory, time } = createFakeGraph({
      'devices/delta': found({
        value: [
          { id: IDS.object.toUpperCase(), deviceId: IDS.entra.toUpperCase(), accountEnabled: true },
          { id: IDS.managed, accountEnabled: false },
          { id: IDS.user, '@removed': { reason: 'changed' } },
          { id: 'no guid' },
          'no object',
        ],
        '@odata.deltaLink': `${HERE}/devices/delta?$deltatoken=t`,
      }),
    });
    expect(await time.run(directory.readPage('devices'))).toEqual({
      items: [
        { id: IDS.object, change: 'present', names: [IDS.entra] },
        { id: IDS.managed, change: 'suspect', names: [] },
        { id: IDS.user, change: 'removed', names: [] },
      ],
      changes: `${HERE}/devices/delta?$deltatoken=t`,
    });
  });

  it('goes on by its link, and says when that is too old', async () => {
    const link = `${HERE}/users/delta?$skiptoken=s`;
    const { directory, time, asked } = createFakeGraph({
      'users/delta?$skiptoken': [
        found({ value: [], '@odata.nextLink': `${link}2` }),
        { status: 410, body: {} },
        { status: 400, body: { error: { code: 'BadRequest' } } },
      ],
      'users/delta?$select': { status: 400 },
    });
    expect(await time.run(directory.readPage('users', link))).toEqual({ items: [], next: `${link}2` });
    expect(await time.run(directory.readPage('users', link))).toBe('expired');
    expect(await time.run(directory.readPage('users', link))).toBe('expired');
    expect(asked[0]).toBe('users/delta?$skiptoken=s');
    await expect(time.run(directory.readPage('users'))).rejects.toMatchObject({
      code: 'ERR_DIRECTORY_UNAVAILABLE',
    });
  });

  it('lists managed devices by both of their ids, and suspects those who are leaving', async () => {
    const leaving = { deviceActionResults: [{ actionName: 'wipe', actionState: 'pending' }] };
    const { directory, time } = createFakeGraph({
      [PATHS.managedList]: found({ value: [managedDevice(), managedDevice({ id: IDS.user, ...leaving })] }),
    });
    expect(await time.run(directory.readPage('managedDevices'))).toEqual({
      items: [
        { id: IDS.managed, change: 'present', names: [IDS.managed, IDS.entra] },
        { id: IDS.user, change: 'suspect', names: [IDS.user, IDS.entra] },
      ],
    });
  });

  it.each(['@odata.nextLink', '@odata.deltaLink'])(
    'does not carry its token to another host: %s',
    async (name) => {
      const elsewhere = 'https://graph.microsoft.com.elsewhere.test/v1.0/devices';
      const { thrown } = await failureOf(found({ value: [], [name]: elsewhere }));
      expect(thrown).toMatchObject({ code: 'ERR_DIRECTORY_UNAVAILABLE' });
      const { directory, time, asked } = createFakeGraph({});
      await expect(time.run(directory.readPage('devices', elsewhere))).rejects.toMatchObject({
        code: 'ERR_DIRECTORY_UNAVAILABLE',
      });
      expect(asked).toEqual([]);
    },
  );

  it('that breaks off is no end', async () => {
    const { thrown } = await failureOf(found({ value: [] }));
    expect(thrown).toMatchObject({
      code: 'ERR_DIRECTORY_UNAVAILABLE',
      detail: 'Graph devices delta: the list breaks off',
    });
  });
});

describe('the probe', () => {
  const probe = (...roles: string[]) => createFakeGraph({}, {}, roles).directory.probe();

  it('names the roles that are missing', async () => {
    expect(await probe()).toMatchObject({
      ok: false,
      missingRoles: ['Device.Read.All', 'User.Read.All', 'DeviceManagementManagedDevices.Read.All'],
    });
    expect(await probe('Directory.Read.All', 'DeviceManagementManagedDevices.Read.All')).toEqual({
      ok: true,
      missingRoles: [],
    });
  });
});
