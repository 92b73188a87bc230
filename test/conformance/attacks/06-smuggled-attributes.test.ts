/** Attack 6: a request that two readers read differently. What it says twice, in whatever way, is refused. */
import { expect, it } from 'vitest';
import { OID, subjectAltNameExtension, type Extension } from '../../../dev/scep-client/index.js';
import { encodeExtensions } from '../../../dev/scep-client/extensions.js';
import { printableString, utf8String } from '../../../lib/pki/der.js';
import { attribute } from '../../support/request-builder.js';
import {
  CHALLENGE,
  createBench,
  createCalls,
  deviceCsr,
  grantingIntune,
  intuneEndpoint,
  type MessageKnobs,
} from '../../support/scep-bench.js';
import { expectAlert } from '../../support/alert.js';

const san = (value: string): Extension => subjectAltNameExtension([{ type: 'dns', value }]);
const one = san('host.example');
const other = san('dc01.corp.example');

const REQUESTS: Record<string, MessageKnobs['csr']> = {
  'two extension requests': { extraExtensions: [one], extraExtensionRequests: [{ extensions: [other] }] },
  'two extension requests without overlap': {
    keyUsage: ['digitalSignature'],
    extraExtensionRequests: [{ extensions: [other] }],
  },
  'an extension request under either identifier': {
    extraExtensions: [one],
    extraExtensionRequests: [{ extensions: [other], oid: 'microsoft' }],
  },
  'an extension request of two values': {
    extraAttributes: [attribute(OID.extensionRequest, encodeExtensions([one]), encodeExtensions([other]))],
  },
  'an extension twice': { extraExtensions: [one, other] },
  'the same extension twice': { extraExtensions: [one, one] },
  'two challenges': { extraAttributes: [attribute(OID.challengePassword, printableString('another'))] },
  'the same challenge in two string types': {
    extraAttributes: [attribute(OID.challengePassword, utf8String(CHALLENGE))],
  },
  'two challenges in one attribute': {
    challenge: '',
    extraAttributes: [attribute(OID.challengePassword, printableString(CHALLENGE), printableString('b'))],
  },
};

it.each(Object.entries(REQUESTS))('%s', async (name, csr = {}) => {
  const calls = createCalls();
  const bench = await createBench({
    endpoints: () => [intuneEndpoint({ validator: grantingIntune(calls) })],
  });
  const { challenge, ...rest } = csr;
  const messageData = deviceCsr(challenge === '' ? { ...rest, challenge: undefined as never } : rest);
  expect((await bench.ask(bench.build({ messageData }))).outcome, name).toBe('FAILURE badRequest');
  expectAlert(bench, 'ERR_CSR_AMBIGUOUS');
  expect(calls.validated).toEqual([]);
  expect(bench.store.records.size).toBe(0);
});

it('octets behind the request', async () => {
  const bench = await createBench();
  const messageData = Buffer.concat([deviceCsr(), Buffer.of(0)]);
  expect((await bench.ask(bench.build({ messageData }), 'intune')).outcome).toBe('FAILURE badRequest');
  expectAlert(bench, 'ERR_SCEP_UNDECRYPTABLE');
});
