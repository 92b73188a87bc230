/** Nonces: the request's comes back as it is, whatever its length; ours is fresh and of 16 octets (section 3.2.1.5). */
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { OID } from '../../../dev/scep-client/index.js';
import { printableString } from '../../../lib/pki/der.js';
import { attribute } from '../../support/request-builder.js';
import { createBench } from '../../support/scep-bench.js';

const bench = await createBench();

it.each([1, 8, 16, 20, 255, 256])('recipientNonce copies %i octets', async (length) => {
  const senderNonce = randomBytes(length);
  const { outcome, message } = await bench.ask(bench.build({ senderNonce }));
  expect(outcome).toBe('SUCCESS');
  expect(Buffer.from(message?.recipientNonce ?? [])).toEqual(senderNonce);
});

it('a failure copies it too', async () => {
  const senderNonce = randomBytes(16);
  const { outcome, message } = await bench.ask(bench.build({ senderNonce, messageType: 99 }));
  expect(outcome).toBe('FAILURE badRequest');
  expect(Buffer.from(message?.recipientNonce ?? [])).toEqual(senderNonce);
});

it('senderNonce is fresh each time', async () => {
  const message = bench.build();
  const answers = await Promise.all([bench.ask(message), bench.ask(bench.build({ messageType: 99 }))]);
  const nonces = answers.map((answer) => Buffer.from(answer.message?.senderNonce ?? []));
  expect(nonces.map(({ length }) => length)).toEqual([16, 16]);
  expect(nonces[0]).not.toEqual(nonces[1]);
});

it.each([
  ['missing', undefined],
  ['empty', new Uint8Array()],
  ['longer than what we repeat', randomBytes(257)],
])('a request whose nonce is %s is badRequest, and nothing is repeated', async (_case, senderNonce) => {
  const { outcome, message } = await bench.ask(bench.build({ senderNonce }));
  expect(outcome).toBe('FAILURE badRequest');
  expect(message?.recipientNonce?.length ?? 0).toBe(0);
});

it('a nonce of another type has a signed answer', async () => {
  const extraAttributes = [attribute(OID.senderNonce, printableString('0123456789abcdef'))];
  const { outcome } = await bench.ask(bench.build({ senderNonce: undefined, extraAttributes }));
  expect(outcome).toBe('FAILURE badRequest');
});
