/**
 * Attack 20: XML that bites whoever parses it, as a challenge. We search it and parse nothing; what declares anything is
 * refused, since it could hide which challenge it is.
 */
import { expect, it } from 'vitest';
import { expectAlert, expectQuiet } from '../../support/alert.js';
import { createBench } from '../../support/scep-bench.js';

const LAUGHS = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">${Array.from(
  { length: 20 },
  (_, n) => `<!ENTITY a${n} "${`&a${n === 0 ? '' : n - 1};`.repeat(10)}">`,
).join('')}]><CertEnrollToken>&a19;</CertEnrollToken>`;
const DEVICE_ID = '7c4f1b6e-0a3d-4c58-9a0e-2f7b1d5c9e11';

const DECLARED: Record<string, string> = {
  'entities in entities': LAUGHS,
  'an external entity':
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><CertEnrollToken><DeviceId>&e;</DeviceId></CertEnrollToken>',
};

it.each(Object.entries(DECLARED))('%s', async (_case, xml) => {
  const bench = await createBench();
  const challenge = Buffer.from(xml).toString('base64');
  expect((await bench.ask(bench.build({ csr: { challenge } }), 'intune')).outcome).toBe('FAILURE badRequest');
  expect(bench.store.records.size).toBe(0);
  expectAlert(bench, 'ERR_CHALLENGE_ALTERED', challenge);
});

const XML: Record<string, [string, string | undefined]> = {
  'elements a thousand deep': [`${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}`, undefined],
  'a device id that is none': ['<CertEnrollToken><DeviceId>../../x</DeviceId></CertEnrollToken>', undefined],
  'a device id': [`<CertEnrollToken><DeviceId>${DEVICE_ID}</DeviceId></CertEnrollToken>`, DEVICE_ID],
};

it.each(Object.entries(XML))('%s', async (_case, [xml, deviceId]) => {
  const bench = await createBench();
  const challenge = Buffer.from(xml).toString('base64');
  expect((await bench.ask(bench.build({ csr: { challenge } }), 'intune')).outcome).toBe('SUCCESS');
  const [record] = bench.store.records.values();
  expect(record?.deviceId).toBe(deviceId);
  expectQuiet(bench, challenge);
});
