/** Too much of everything: attributes, names, certificates, signers, recipients, texts. */
import { describe, expect, it } from 'vitest';
import { octetString, oid, printableString, sequence } from '../../../lib/pki/der.js';
import { putTogether, takeApart } from '../../support/cms-surgery.js';
import { altNames, attribute } from '../../support/request-builder.js';
import { CHALLENGE, createBench, deviceCsr, DEVICE, type MessageKnobs } from '../../support/scep-bench.js';
import { commonName, many, request } from './excess.js';
import { ENDPOINTS, expectHarmless } from './harmless.js';

const bench = await createBench();

const MESSAGES: Record<string, MessageKnobs> = {
  '65 signed attributes': { extraAttributes: many(65, (i) => attribute(`1.2.3.${i}`, printableString('x'))) },
  '17 values of an attribute': {
    extraAttributes: [attribute('1.2.3', ...many(17, () => printableString('x')))],
  },
  'a transactionID of 100 kB': { transactionId: 'x'.repeat(100_000) },
  'a nonce of 100 kB': { senderNonce: Buffer.alloc(100_000) },
  'a messageType of 1 kB': {
    messageType: undefined,
    extraAttributes: [attribute('2.16.840.1.113733.1.9.2', printableString('1'.repeat(1000)))],
  },
  '40 recipients': { recipients: many(40, () => DEVICE.certificate) },
  'a request of 70 kB': {
    messageData: deviceCsr({
      challenge: CHALLENGE,
      extraAttributes: many(7, (i) => attribute(`1.2.3.${i}`, octetString(Buffer.alloc(10_000)))),
    }),
  },
  'a challenge of 40 kB': { csr: { challenge: 'x'.repeat(40_000) } },
  '65 attributes of the request': {
    csr: { extraAttributes: many(65, (i) => attribute(`1.2.3.${i}`, printableString('x'))) },
  },
  'a common name of 65 characters': request({ subject: sequence(commonName('x'.repeat(65))) }),
  'a common name of 30 kB': request({ subject: sequence(commonName('x'.repeat(30_000))) }),
  '3000 relative names': request({ subject: sequence(...many(3000, () => commonName('x'))) }),
  '33 alternative names': request({
    extensions: [altNames(...many(33, (i) => ['dns', `host${i}.example`] as const))],
  }),
  'a DNS name of 300 characters': request({ extensions: [altNames(['dns', `${'a.'.repeat(150)}b`])] }),
  '1000 extensions': request({
    extensions: many(1000, (i) => sequence(oid(`1.2.3.4.${i}`), octetString(Buffer.of(5, 0)))),
  }),
  '100 purposes': { csr: { extendedKeyUsage: many(100, (i) => `1.2.3.4.${i}`) } },
};

describe.each(ENDPOINTS)('%s', (endpoint) => {
  it.each(Object.entries(MESSAGES))('%s', async (what, knobs) => {
    expectHarmless(bench, await bench.ask(bench.build(knobs), endpoint), what);
  });

  const good = bench.build();
  const [signerInfo = new Uint8Array()] = takeApart(good).signerInfos;
  it.each([
    ['40 certificates', { certificates: many(40, () => DEVICE.certificate.der) }],
    ['9 signers', { signerInfos: many(9, () => signerInfo) }],
    ['1000 signers', { signerInfos: many(1000, () => Uint8Array.of(0x30, 0)) }],
  ])('%s', async (what, changes) => {
    expectHarmless(bench, await bench.ask(putTogether(good, changes), endpoint), what);
  });
});

it('nothing of it makes a log line long', () => {
  expect(Math.max(...bench.log.map(({ line }) => line.length))).toBeLessThan(2000);
});
