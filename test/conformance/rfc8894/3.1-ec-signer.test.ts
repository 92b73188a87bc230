/** An EC key cannot receive the answer: badAlg, before anything is decided (section 3.1). */
import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { oid, sequence } from '../../../lib/pki/der.js';
import { buildRequest } from '../../support/request-builder.js';
import { CHALLENGE, createBench, selfSigned } from '../../support/scep-bench.js';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

it('refuses an EC signer', async () => {
  const bench = await createBench();
  expect((await bench.ask(bench.build({ signer: selfSigned(ec) }))).outcome).toBe('FAILURE badAlg');
  expect(bench.store.records.size).toBe(0);
});

it('refuses an EC key in the request', async () => {
  const bench = await createBench();
  const signature = { hash: 'sha256', identifier: sequence(oid('1.2.840.10045.4.3.2')) };
  const messageData = buildRequest({ key: ec, challenge: CHALLENGE, signature });
  expect((await bench.ask(bench.build({ messageData }))).outcome).toBe('FAILURE badAlg');
  expect(bench.store.records.size).toBe(0);
});
