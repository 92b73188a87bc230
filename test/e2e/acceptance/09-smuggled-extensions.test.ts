/** Scenario 9: SID, split-attribute and extra-extension CSRs: the simulator says Success, the CA refuses or strips. */
import { expect, it } from 'vitest';
import { validateRequest } from '../../../dev/intune/validate/pipeline.js';
import { SEED_IDS } from '../../../dev/intune/seed.js';
import {
  createCsr,
  extendedKeyUsageExtension,
  keyUsageExtension,
  OID as CLIENT_OID,
  type CsrOptions,
  type Extension,
} from '../../../dev/scep-client/index.js';
import { toBase64 } from '../../../lib/base/bytes.js';
import { octetString, sequence } from '../../../lib/pki/der.js';
import { OID } from '../../../lib/pki/oids.js';
import { DEVICE_KEY } from '../../support/scep-bench.js';
import { useWorld } from './world.js';

const world = useWorld();

const SID: Extension = {
  oid: OID.msNtdsCaSecurity,
  value: sequence(octetString(Buffer.from('S-1-5-21-1-2-3-500'))),
};
const APPLICATION_POLICIES: Extension = { oid: '1.3.6.1.4.1.311.21.10', value: sequence() };
const PRIVATE: Extension = { oid: '1.2.3.4', value: sequence() };

/** What Intune asks of the device, with what a smuggler adds to it. */
async function enroll(smuggled: Partial<CsrOptions>) {
  const { addDevice, simulator } = world();
  const request: { -readonly [Name in keyof CsrOptions]?: CsrOptions[Name] } = { ...smuggled };
  const added = addDevice({}, { key: DEVICE_KEY, request: request });
  const { deviceId, profileId, client } = added;
  await client.sync();
  const { challenge } = await simulator.mintChallenge(deviceId, profileId);
  request.challenge = challenge;
  const csr = createCsr({
    key: DEVICE_KEY,
    subject: `CN=${deviceId}`,
    subjectAltNames: [{ type: 'uri', value: `IntuneDeviceId://${deviceId}` }],
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsage: [OID.clientAuth],
    ...smuggled,
    challenge,
  });
  const { state, clock } = simulator;
  const ruling = await validateRequest({
    state,
    clock,
    tokenTenantId: SEED_IDS.tenant,
    certificateRequest: toBase64(csr),
  });
  const [result] = await client.runTasks();
  return { ruling, result };
}

it.each([
  ['the SID extension', SID],
  ['application policies', APPLICATION_POLICIES],
  ['an extension of nobody’s', PRIVATE],
])('%s: Intune says Success, the CA strips it', async (_title, extension) => {
  const { ruling, result } = await enroll({ extraExtensions: [extension] });
  expect(ruling.code).toBe('Success');
  expect(result).toMatchObject({ status: 1 });
  const oids = result?.certificate?.extensions.map(({ oid }) => oid) ?? [];
  expect(oids).toContain(CLIENT_OID.subjectAltName);
  expect(oids).not.toContain(extension.oid);
});

it('the SID extension raises an alert', async () => {
  await enroll({ extraExtensions: [SID] });
  const alerts = world().lines.filter((line) => line.startsWith('warn ') && line.includes('note='));
  expect(alerts).toHaveLength(1);
});

it.each(['pkcs9', 'microsoft'] as const)(
  'extensions split over attributes (%s): Intune says Success, the CA refuses',
  async (oid) => {
    const { ruling, result } = await enroll({
      ...(Object.fromEntries([
        ['keyUsage', undefined],
        ['extendedKeyUsage', undefined],
      ]) as Partial<CsrOptions>),
      extraExtensionRequests: [
        {
          oid,
          extensions: [
            keyUsageExtension(['digitalSignature', 'keyEncipherment']),
            extendedKeyUsageExtension([OID.clientAuth]),
          ],
        },
      ],
    });
    expect(ruling.code).toBe('Success');
    expect(result).toMatchObject({ status: 16, thumbprint: '' });
    expect(world().states()).toEqual([]);
    expect(new Set(world().journal.map(({ code }) => code))).toEqual(new Set(['ERR_CSR_AMBIGUOUS']));
  },
);
