/** What a certificate costs in Key Vault, whose limits are the ceiling of the system: counted at the vault's own wire. */
import { describe, expect, it } from 'vitest';
import { installNodes } from '../../../dev/devices/atomic.js';
import { createWindowsDevice } from '../../../dev/devices/windows.js';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import { opensslVerify } from '../../support/openssl.js';
import { enrollOnce, useVaultCloud, type VaultCloud } from '../../support/vault-cloud.js';

/** Everything that the vault was asked since its meter was reset. */
const operations = ({ vault }: VaultCloud) =>
  Object.fromEntries(Object.entries(vault.meter.counts).filter(([, count]) => count > 0));

async function caOf({ ready }: VaultCloud): Promise<Uint8Array> {
  const response = await fetch(ready.ca.replace(/pem$/, 'cer'));
  return new Uint8Array(await response.arrayBuffer());
}

async function enrollThroughIntune({ simulator }: VaultCloud): Promise<Uint8Array> {
  const { commands } = await simulator.syncDevice(SEED_IDS.device);
  const request = commands.find((command) => command.verb === 'Atomic');
  if (request?.verb !== 'Atomic') throw new Error('Intune asked for no certificate');
  const device = createWindowsDevice({ sleep: () => Promise.resolve() });
  const { certificate } = await device.install(request.uniqueId, installNodes(request.commands));
  if (!certificate) throw new Error('the device has no certificate');
  return certificate.der;
}

describe.each(['RSA-2048', 'EC-P256'])('with an %s CA key in the vault and the RA key in process', (type) => {
  const cloud = useVaultCloud({ SKEP_CA_KEY_TYPE: type });

  it('one vault operation per certificate', async () => {
    const { vault } = cloud();
    vault.meter.reset();
    const issued = await Promise.all(
      Array.from({ length: 6 }, (_, index) => enrollOnce(cloud(), `CN=${type}-${index}`)),
    );
    expect(new Set(issued.map(({ serialHex }) => serialHex)).size).toBe(6);
    expect(operations(cloud())).toEqual({ sign: 6 });
    expect(vault.meter.challenges).toBe(0);

    vault.meter.reset();
    const throughIntune = await enrollThroughIntune(cloud());
    expect(operations(cloud())).toEqual({ sign: 1 });

    const ca = await caOf(cloud());
    expect(opensslVerify(throughIntune, ca)).toContain('OK');
    for (const { der } of issued) expect(opensslVerify(der, ca)).toContain('OK');
  });

  it('no vault operation for what is not issued: capabilities, CA certificates, refusals', async () => {
    const { vault, ready } = cloud();
    vault.meter.reset();
    const url = ready.scep.static ?? '';
    for (const operation of ['GetCACaps', 'GetCACert'])
      expect((await fetch(`${url}?operation=${operation}`)).status).toBe(200);
    const refused = await fetch(`${url}?operation=PKIOperation&message=AAAA`);
    expect(refused.status).toBe(400);
    await refused.arrayBuffer();
    expect(operations(cloud())).toEqual({});
  });

  it('health asks the vault once in ten minutes, however often it is asked', async () => {
    const { vault, ready } = cloud();
    vault.meter.reset();
    for (let times = 0; times < 3; times++) expect((await fetch(ready.health)).status).toBe(200);
    expect(operations(cloud())).toEqual({});
  });
});

describe('with the RA key left in the vault', () => {
  const cloud = useVaultCloud({ SKEP_CA_KEY_TYPE: 'EC-P256', SKEP_RA_KEY: 'vault' });

  it('a certificate costs two operations of the RA key more', async () => {
    cloud().vault.meter.reset();
    await enrollOnce(cloud(), 'CN=ra-in-vault');
    expect(operations(cloud())).toEqual({ sign: 2, decrypt: 1 });
  });
});
