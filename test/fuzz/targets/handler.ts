/** @module The whole SCEP handler: messages as strangers alter them, and requests that their devices really signed. */
import { sign } from 'node:crypto';
import { subjectAltNameExtension } from '../../../dev/scep-client/index.js';
import { bitString, sequence } from '../../../lib/pki/der.js';
import { readTbsView } from '../../../lib/issuance/lints/tbs-view.js';
import {
  createBench,
  deviceCsr,
  DEVICE_KEY,
  post,
  readAnswer,
  type Bench,
} from '../../support/scep-bench.js';
import { SHA256_WITH_RSA } from '../../support/request-builder.js';
import { MESSAGES } from '../seeds.js';
import { assertHolds, type Target, type Verdict } from '../target.js';
import { readNodes, writeNodes } from '../tlv.js';
import { ACCEPTED, refused } from '../verdict.js';
import { ALLOWED_EXTENSIONS } from './csr.js';

/** Some octets that answer GetCRL. */
const currentCrl = () => Promise.resolve(sequence());
const benches = {
  rsaCa: await createBench({ keys: 'b', currentCrl }),
  ecCa: await createBench({ currentCrl }),
};

/** What a message gets on an endpoint, checked: a signed answer or a 4xx, and at most one certificate, as allowed. */
async function ask(bench: Bench, endpoint: string, message: Uint8Array): Promise<Verdict> {
  const { handle, store, ca, journal, log } = bench;
  try {
    const answer = await readAnswer(await handle(endpoint, 'pkiclient.exe', post(message)), ca);
    assertHolds(answer.status === 200 || (answer.status >= 400 && answer.status < 500), answer.outcome);
    const records = [...store.records.values()];
    assertHolds(records.length <= 1, 'one message makes one certificate at most');
    for (const { tbs, state } of records) {
      assertHolds(answer.outcome === 'SUCCESS' && state === 'delivered', `${state} after ${answer.outcome}`);
      for (const { type } of readTbsView(tbs).extensions)
        assertHolds(ALLOWED_EXTENSIONS.has(type), `extension ${type} was copied`);
    }
    for (const { line } of log) assertHolds(line.length < 4000, 'a log line has its bound');
    return answer.outcome === 'SUCCESS' ? ACCEPTED : refused(answer.outcome);
  } finally {
    (store.records as Map<string, unknown>).clear();
    (store.claims as Map<string, unknown>).clear();
    journal.length = 0;
    log.length = 0;
  }
}

/** An execution opens, signs and checks with RSA, which costs more than a look at coverage. */
const BATCH = 16;

export const handler: Target = {
  name: 'handler',
  about: 'the whole SCEP handler, messages altered on their way',
  grammar: 'der',
  batch: BATCH,
  seeds: () => [...MESSAGES, benches.ecCa.build(), benches.ecCa.build({ indefinite: true })],
  // The seeds are for either CA; which of the two, and which endpoint, the length decides.
  run: (input) =>
    ask(
      input.length % 2 === 0 ? benches.rsaCa : benches.ecCa,
      input.length % 4 < 2 ? 'static' : 'intune',
      input,
    ),
};

/** The request with its signature made anew, so that it gets past the proof of possession whatever it says. */
function signAgain(input: Uint8Array): Uint8Array {
  const [whole] = readNodes(input) ?? [];
  const [info] = whole?.children ?? [];
  if (!info) return input;
  const octets = writeNodes([info]);
  return sequence(octets, SHA256_WITH_RSA.identifier, bitString(sign('sha256', octets, DEVICE_KEY)));
}

export const request: Target = {
  name: 'request',
  about: 'the whole SCEP handler, requests that their devices signed and sealed',
  grammar: 'der',
  batch: BATCH,
  seeds: () => [
    deviceCsr(),
    deviceCsr({ keyUsage: ['digitalSignature', 'keyEncipherment'], extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'] }),
    deviceCsr({
      subject: 'CN=7c4f1b6e-0a3d-4c58-9a0e-2f7b1d5c9e11,O=Contoso',
      extraExtensions: [
        subjectAltNameExtension([
          { type: 'uri', value: 'IntuneDeviceId://7c4f1b6e-0a3d-4c58-9a0e-2f7b1d5c9e11' },
          { type: 'dns', value: 'device.contoso.com' },
        ]),
      ],
    }),
  ],
  run: (input) => {
    const bench = benches.ecCa;
    return ask(bench, 'intune', bench.build({ messageData: signAgain(input) }));
  },
};
