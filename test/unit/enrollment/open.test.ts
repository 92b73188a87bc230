import { expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import { viewAuthority } from '../../../lib/enrollment/authority-view.js';
import { open } from '../../../lib/enrollment/open.js';
import type { Authority } from '../../../lib/keys/authority.js';
import { readPkiMessage, verifyPkiMessage } from '../../../lib/scep/pki-message.js';
import { createBench, post, type MessageKnobs } from '../../support/scep-bench.js';
import { createTestService, staticEndpoint } from '../../support/test-service.js';
import { CAPTURE_CLOCK } from '../../support/vectors.js';

const bench = await createBench();
const own = await bench.parts.authority();
/** What this instance still holds: another RA. */
const before = await (await createBench({ keys: 'b' })).parts.authority();
const endpoint = staticEndpoint(bench.parts);
const message = (knobs: MessageKnobs = {}) => verifyPkiMessage(readPkiMessage(bench.build(knobs)), endpoint);

/** An instance that finds `newest` when it looks again, and how often it did. */
function instance(newest: Authority | Error) {
  const asked: string[] = [];
  const authority = (anew = 'as it is') => {
    asked.push(anew);
    if (anew !== 'anew') return Promise.resolve(before);
    return newest instanceof Error ? Promise.reject(newest) : Promise.resolve(newest);
  };
  return { asked, authority };
}

const openWith = (service: ReturnType<typeof instance>, present: Authority, knobs?: MessageKnobs) =>
  open(service, endpoint, viewAuthority(present), message(knobs));

it('does not look again for a recipient that it knows', async () => {
  const service = instance(new Error('asked'));
  const { authority } = await openWith(service, own);
  expect(authority).toBe(viewAuthority(own));
  await expect(openWith(service, own, { messageData: Uint8Array.of(5, 0) })).rejects.toMatchObject({
    code: 'ERR_SCEP_UNDECRYPTABLE',
  });
  expect(service.asked).toEqual([]);
});

it('looks again before it refuses one that it does not know, and goes on with what it found', async () => {
  const service = instance(own);
  const { opened, authority } = await openWith(service, before);
  expect(authority).toBe(viewAuthority(own));
  expect(opened.recipient).toBe(authority.recipients[0]);
  expect(service.asked).toEqual(['anew']);
});

it('refuses what is for nobody, looking once', async () => {
  for (const newest of [before, { ...before }]) {
    const service = instance(newest);
    await expect(openWith(service, before)).rejects.toMatchObject({ code: 'ERR_SCEP_RECIPIENT' });
    expect(service.asked).toEqual(['anew']);
  }
});

/** What a device gets from an instance whose view is another RA's. */
async function ask(newest: Authority | Error) {
  const { authority } = instance(newest);
  const service = createTestService({ authority, clock: CAPTURE_CLOCK, endpoints: [endpoint] });
  const { status } = await service.handle('static', 'pkiclient.exe', post(bench.build()));
  const { records } = await service.store.search({ by: { state: 'delivered' }, limit: 2 });
  return { status, code: service.journal.at(-1)?.code, issuers: records.map(({ issuerId }) => issuerId) };
}

it('lets a look that fails be an outage: no verdict, the device comes back', async () => {
  const answer = await ask(new SkepError('ERR_STORE_UNAVAILABLE'));
  expect(answer).toEqual({ status: 503, code: 'ERR_STORE_UNAVAILABLE', issuers: [] });
});

it('issues with the CA that it found', async () => {
  const { id } = viewAuthority(own).issuer;
  expect(await ask(own)).toEqual({ status: 200, code: undefined, issuers: [id] });
});
