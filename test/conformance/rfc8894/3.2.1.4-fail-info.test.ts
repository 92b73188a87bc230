/** failInfo: which failure is told by which number, each in a signed answer without contents (section 3.2.1.4). */
import { expect, it } from 'vitest';
import { encodeName } from '../../../dev/scep-client/index.js';
import { integer, sequence } from '../../../lib/pki/der.js';
import {
  createBench,
  DEVICE,
  DEVICE_KEY,
  OTHER_KEY,
  selfSigned,
  type MessageKnobs,
} from '../../support/scep-bench.js';

const bench = await createBench();
const stranger = selfSigned(OTHER_KEY).certificate;
const query = sequence(bench.ca.ca.subjectDer, integer(77));

const FAILURES: readonly [string, MessageKnobs, string][] = [
  ['content cipher', { cipher: 'des' }, 'badAlg'],
  ['digest', { digest: 'md5' }, 'badAlg'],
  ['signature', { corrupt: 'signature' }, 'badMessageCheck'],
  ['message digest', { corrupt: 'content' }, 'badMessageCheck'],
  ['message type', { messageType: 5 }, 'badRequest'],
  ['not an envelope', { envelope: sequence(integer(1)) }, 'badRequest'],
  ['another recipient', { recipients: [stranger] }, 'badRequest'],
  ['not a certification request', { messageData: sequence(integer(1)) }, 'badRequest'],
  ['no proof of possession', { csr: { signWith: OTHER_KEY } }, 'badRequest'],
  ['no challenge', { csr: { key: DEVICE_KEY, subject: 'CN=x', challenge: '' } }, 'badRequest'],
  ['wrong challenge', { csr: { challenge: 'wrong' } }, 'badRequest'],
  ['key usage beyond policy', { csr: { keyUsage: ['keyCertSign'] } }, 'badRequest'],
  ['unknown serial number', { messageType: 'GetCert', messageData: query }, 'badCertId'],
  [
    'foreign issuer',
    { messageType: 'GetCRL', messageData: sequence(encodeName('CN=Other'), integer(1)) },
    'badCertId',
  ],
  [
    'unknown transaction',
    { messageType: 'CertPoll', messageData: sequence(bench.ca.ca.subjectDer, DEVICE.certificate.subjectDer) },
    'badCertId',
  ],
];

it.each(FAILURES)('%s', async (_case, knobs, failInfo) => {
  const { outcome, message } = await bench.ask(bench.build(knobs));
  expect(outcome).toBe(`FAILURE ${failInfo}`);
  // Present and empty: certmonger cannot read an answer without eContent.
  expect(message?.signedData.content).toEqual(new Uint8Array());
  expect(bench.journal.at(-1)?.outcome).toBe('refused');
  expect(bench.store.records.size).toBe(0);
});
