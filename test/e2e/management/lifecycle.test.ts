/** A certificate's life after its issue, on the whole local cloud: told of late, looked at, held, revoked by everyone who may. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWindowsDevice } from '../../../dev/devices/windows.js';
import { installNodes } from '../../../dev/devices/atomic.js';
import { DEVICE_DEFAULTS, SEED_IDS } from '../../../dev/intune/seed.js';
import { startLocalCloud, type LocalCloud } from '../../../dev/local-cloud.js';
import { openssl, pem } from '../../support/openssl.js';
import { runSkep } from '../../unit/cli/run-cli.js';

const run = promisify(execFile);
const dataDir = mkdtempSync(join(tmpdir(), 'skep-management-'));
const log: string[] = [];
let cloud: LocalCloud;

beforeAll(async () => {
  cloud = await startLocalCloud({
    port: 0,
    simulatorPort: 0,
    dataDir,
    environment: { SKEP_INTUNE_NOTIFY: 'deferred', SKEP_STATIC_CHALLENGE: 'secret123' },
    log: ({ message }) => log.push(message),
  });
});
afterAll(async () => {
  await cloud.close();
  rmSync(dataDir, { recursive: true });
});

it('audit says of what it had nothing to compare with', async () => {
  await cloud.invokeTimer('timer-issuance-log');
  const { exitCode, out } = await runSkep(['audit', '--settle', '0'], {
    env: { SKEP_DATA_DIR: dataDir },
    fetch: (url, init) => fetch(url, init),
  });
  expect(out).toContain('The vault was not compared');
  expect(out).toContain('Everything that was compared is explained.');
  expect(exitCode).toBe(0);
});

let devices = 0;

/** A Windows device that is assigned the seeded profile gets its certificate. */
async function enrollDevice() {
  const { state } = cloud.simulator;
  const id = `5ce90000-de71-4000-8000-0000000000${10 + devices++}`;
  state.devices.set(id, {
    ...DEVICE_DEFAULTS,
    id,
    tenantId: SEED_IDS.tenant,
    entraId: id.replace('de71', 'e474'),
    name: `DESKTOP-${devices}`,
    registeredKeyIds: [],
  });
  state.assignments.set(id, {
    id,
    profileId: SEED_IDS.profile,
    target: 'device',
    targetId: id,
    excludedDeviceIds: [],
    assignedAt: '2024-01-01T00:00:00.000Z',
  });
  const { commands } = await cloud.simulator.syncDevice(id);
  const request = commands.find((command) => command.verb === 'Atomic');
  if (request?.verb !== 'Atomic') throw new Error('Intune asked for no certificate');
  const device = createWindowsDevice({ sleep: () => Promise.resolve() });
  const { certificate } = await device.install(request.uniqueId, installNodes(request.commands));
  if (!certificate) throw new Error('the device has no certificate');
  return { id, der: certificate.der, serialNumber: certificate.serialHex.toUpperCase() };
}

async function skep(...args: string[]) {
  const { exitCode, out, err } = await runSkep([...args, '--json'], {
    env: { SKEP_DATA_DIR: dataDir },
    fetch: (url, init) => fetch(url, init),
  });
  return { exitCode, err, json: JSON.parse(out) as Record<string, unknown> };
}

const stateOf = async (serialNumber: string) => (await skep('show', serialNumber)).json['certificate'];

const intunesRecord = (serialNumber: string) =>
  [...cloud.simulator.state.certificates.values()].find((one) => one.serialNumber === serialNumber);

/** What two independent readers of ours say, OCSP first. */
async function verdicts(der: Uint8Array): Promise<[ocsp: string, crl: string]> {
  const folder = mkdtempSync(join(dataDir, 'verdict-'));
  const ca = join(folder, 'ca.pem');
  const leaf = join(folder, 'leaf.pem');
  const crl = join(folder, 'crl.pem');
  writeFileSync(ca, await (await fetch(cloud.ready.ca)).text());
  writeFileSync(leaf, pem(der));
  const list = new Uint8Array(await (await fetch(cloud.ready.crl)).arrayBuffer());
  writeFileSync(crl, pem(list, 'X509 CRL'));
  const options = ['-issuer', ca, '-CAfile', ca, '-cert', leaf, '-url', cloud.ready.ocsp, '-no_nonce'];
  // Not synchronously: the responder lives in this process.
  const { stdout, stderr } = await run('openssl', ['ocsp', ...options]);
  const ocsp = stdout + stderr;
  const listed = openssl(['crl', '-in', crl, '-noout', '-text']).replace(/[\s:]/g, '');
  const serial = openssl(['x509', '-in', leaf, '-noout', '-serial']).trim().replace('serial=', '');
  expect(ocsp).toContain('Response verify OK');
  return [
    /: (good|revoked|unknown)/.exec(ocsp)?.[1] ?? '?',
    listed.includes(serial) ? 'listed' : 'not listed',
  ];
}

describe('a certificate', () => {
  it('is in use before Intune knows of it, and told of by the timer', async () => {
    const { serialNumber, id } = await enrollDevice();
    expect(intunesRecord(serialNumber)).toBeUndefined();
    expect(await stateOf(serialNumber)).toMatchObject({ state: 'delivered', deviceId: id });
    await cloud.invokeTimer('timer-outbox');
    expect(intunesRecord(serialNumber)).toMatchObject({ deviceId: id, state: 'active' });
    await cloud.invokeTimer('timer-outbox');
    expect(
      cloud.simulator.state.calls.filter(({ endpoint }) => endpoint === 'successNotification'),
    ).toHaveLength(1);
  });

  it('is revoked when Intune refuses to know of it', async () => {
    const { serialNumber, der } = await enrollDevice();
    cloud.simulator.faults.add({ kind: 'unknownCode', endpoint: 'successNotification', count: 1 });
    await cloud.invokeTimer('timer-outbox');
    expect(await stateOf(serialNumber)).toMatchObject({
      state: 'revoked',
      revocation: { reason: 'privilegeWithdrawn', by: 'enrollment' },
    });
    expect(await verdicts(der)).toEqual(['revoked', 'listed']);
  });

  it('is revoked when Intune asks for it, and Intune hears that it was', async () => {
    const { serialNumber, der } = await enrollDevice();
    await cloud.invokeTimer('timer-outbox');
    expect(await verdicts(der)).toEqual(['good', 'not listed']);
    const { thumbprint } = intunesRecord(serialNumber) ?? {};
    const asked = await fetch(`${cloud.ready.intune}/_sim/revocations`, {
      method: 'POST',
      body: JSON.stringify({ thumbprint }),
    });
    expect(asked.status).toBe(201);
    await cloud.invokeTimer('timer-intune-revocations');
    expect(await stateOf(serialNumber)).toMatchObject({
      state: 'revoked',
      revocation: { reason: 'cessationOfOperation', by: 'intune' },
    });
    expect([...cloud.simulator.state.revocations.values()]).toMatchObject([
      { serialNumber, state: 'succeeded' },
    ]);
    expect(await verdicts(der)).toEqual(['revoked', 'listed']);
  });

  it('is held, released and revoked by a person', async () => {
    const { serialNumber, der } = await enrollDevice();
    expect(await skep('hold', serialNumber)).toMatchObject({ exitCode: 0, json: { changed: true } });
    expect(await verdicts(der)).toEqual(['revoked', 'listed']);
    expect(await skep('release', serialNumber)).toMatchObject({ exitCode: 0, json: { changed: true } });
    expect(await verdicts(der)).toEqual(['good', 'not listed']);
    expect(await skep('revoke', serialNumber, '--reason', 'keyCompromise')).toMatchObject({
      exitCode: 0,
      json: { changed: true, certificate: { revocation: { reason: 'keyCompromise' } } },
    });
    expect(await verdicts(der)).toEqual(['revoked', 'listed']);
    expect(await skep('release', serialNumber)).toMatchObject({
      exitCode: 1,
      json: { code: 'ERR_NOT_ON_HOLD' },
    });
    expect(log.filter((line) => line.includes('Audit') && line.includes(serialNumber))).toHaveLength(3);
  });

  it('is found, and so is what happened to its request', async () => {
    const { serialNumber, id } = await enrollDevice();
    const { json } = await skep('search', '--device', id.toUpperCase());
    expect(json['certificates']).toMatchObject([{ serialNumber }]);
    const { transactionId } = (json['certificates'] as { transactionId: string }[])[0] ?? {};
    for (const criterion of [
      ['--serial', serialNumber],
      ['--device', id],
      ['--transaction', transactionId ?? ''],
      [],
    ]) {
      const { entries } = (await skep('journal', ...criterion, '--limit', '1')).json;
      expect(entries, criterion[0]).toMatchObject([{ serialNumber, outcome: 'issued', endpoint: 'intune' }]);
    }
  });

  it('cannot be managed without a token', async () => {
    const response = await fetch(`${cloud.ready.management.url}/certificates/AB/revoke`, { method: 'POST' });
    expect(response.status).toBe(401);
  });
});

describe('the timers', () => {
  it.each(['timer-crl', 'timer-sweep', 'timer-purge'])('%s runs', async (name) => {
    await cloud.invokeTimer(name);
    expect(log.join('\n')).not.toContain('A timer failed');
  });
});
