/** Every captured and made message, through the whole handler: what must succeed does, what must fail fails as it must. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodePkiMessage } from '../../../dev/scep-client/index.js';
import {
  createTestService,
  postMessage,
  staticEndpoint,
  type TestService,
} from '../../support/test-service.js';
import { createMemoryStore } from '../../../dev/memory-store.js';
import { createRenewalValidator } from '../../../lib/validators/renewal.js';
import {
  CAPTURE_CLOCK,
  readCaptures,
  readSynthetic,
  vectorAuthority,
  VECTORS,
  type Vector,
} from '../../support/vectors.js';

function serviceOf(folder: 'b' | 'c', legacy: boolean): TestService {
  const authority = vectorAuthority(folder);
  const store = createMemoryStore();
  const parts = { authority, certificates: store, clock: CAPTURE_CLOCK };
  // Renewals among the captures show certificates of another server with this CA.
  const renewal = createRenewalValidator({ ...parts, acceptUnknown: true });
  const endpoint = staticEndpoint(parts, { legacy, renewal });
  return createTestService({
    authority,
    store,
    clock: CAPTURE_CLOCK,
    endpoints: [endpoint],
    currentCrl: () => Promise.resolve(Uint8Array.of(0x30, 0)),
  });
}

/** pkiStatus and failInfo, read by the client's own decoder. */
async function ask(service: TestService, message: Uint8Array): Promise<string> {
  const response = await service.handle('static', 'pkiclient.exe', postMessage(message));
  if (response.status !== 200) return `HTTP ${response.status}`;
  expect(response.headers.get('content-type')).toBe('application/x-pki-message');
  const reply = decodePkiMessage(new Uint8Array(await response.arrayBuffer()));
  return reply.pkiStatus === 'SUCCESS' ? 'SUCCESS' : `${reply.pkiStatus} ${reply.failInfo}`;
}

/**
 * What the client got when the message was captured, but for GetCert: the certificates that it names were issued by
 * another server. A poll finds what the same client enrolled before it, so the order of the captures matters.
 */
function expectedOf({ label }: Vector): string {
  if (label.endsWith('-badpw')) return 'FAILURE badRequest';
  if (label.endsWith('-getcert')) return 'FAILURE badCertId';
  // certmonger's third message carries a wrong challenge, which its label does not say.
  return 'SUCCESS';
}

describe.each([
  ['b', 'b-rsa-ca'],
  ['c', 'c-ec-ca-rsa-ra'],
] as const)('captured messages, keys %s', (folder, captures) => {
  let service: TestService;
  beforeAll(() => {
    service = serviceOf(folder, true);
  });

  it.each(readCaptures(captures).map((vector) => [vector.name, vector] as const))(
    '%s',
    async (_name, vector) => {
      const wrongChallenge = captured(captures, vector).startsWith('FAILURE');
      expect(await ask(service, vector.message)).toBe(
        vector.label === 'certmonger' && wrongChallenge ? 'FAILURE badRequest' : expectedOf(vector),
      );
    },
  );
});

/** The answer in the capture, for the one label that covers both outcomes. */
function captured(folder: string, { name }: Vector): string {
  return decodePkiMessage(readFileSync(join(VECTORS, folder, `${name}.resp.bin`))).pkiStatus ?? '';
}

describe('made messages', () => {
  const EXPECTED: Record<string, string> = {
    'ok-nonce8': 'SUCCESS',
    'ok-oaep-sha1': 'SUCCESS',
    'ok-oaep-sha256': 'SUCCESS',
    'ok-tid-slash': 'SUCCESS',
    'ok-windows-like-3des-sha1': 'SUCCESS',
    // Its challenge is a random one, of an Intune challenge's length; the static endpoint must not take it.
    'ok-windows-like': 'FAILURE badRequest',
    'bad-sig': 'FAILURE badMessageCheck',
    'bad-content-digest': 'FAILURE badMessageCheck',
    'bad-md5': 'FAILURE badAlg',
    'bad-msgtype-99': 'FAILURE badRequest',
    'bad-recipient': 'FAILURE badRequest',
    'bad-enckey': 'FAILURE badRequest',
    'bad-challenge': 'FAILURE badRequest',
    'bad-csrsig': 'FAILURE badRequest',
    'bad-no-tid': 'HTTP 400',
  };
  const vectors = readSynthetic();

  it('covers every file', () => {
    expect(vectors.map(({ name }) => name).sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it.each(vectors.map((vector) => [vector.name, vector] as const))('%s', async (name, vector) => {
    const service = serviceOf('b', false);
    expect(await ask(service, vector.message)).toBe(EXPECTED[name]);
    const delivered = (await service.store.search({ by: { state: 'delivered' } })).records;
    expect(delivered).toHaveLength(EXPECTED[name] === 'SUCCESS' ? 1 : 0);
  });

  it('accepts MD5 where the legacy switch is on', async () => {
    const vector = vectors.find(({ name }) => name === 'bad-md5');
    expect(vector && (await ask(serviceOf('b', true), vector.message))).toBe('SUCCESS');
  });

  it('refuses single DES where it is off', async () => {
    const vector = readCaptures('b-rsa-ca').find(({ label }) => label === 'micromdm');
    expect(vector && (await ask(serviceOf('b', false), vector.message))).toBe('FAILURE badAlg');
  });
});
