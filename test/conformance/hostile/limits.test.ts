/** Each limit at its edge: what just fits is served, one more is refused, with the code. */
import { describe, expect, it } from 'vitest';
import { createAddressLimit } from '../../../lib/http/address-limit.js';
import type { Verdict } from '../../../lib/validators/validator.js';
import type { MessageLimits } from '../../../lib/enrollment/limits.js';
import { context, octetString, oid, printableString, sequence } from '../../../lib/pki/der.js';
import { measureNesting } from '../../../lib/pki/nesting.js';
import { altNames, attribute } from '../../support/request-builder.js';
import {
  CHALLENGE,
  createBench,
  grantingIntune,
  intuneEndpoint,
  leaksOf,
  linesWith,
  post,
  readAnswer,
  type Bench,
  type BenchOptions,
  type MessageKnobs,
} from '../../support/scep-bench.js';
import { commonName, many, request } from './excess.js';

const nested = (depth: number): Uint8Array => (depth === 1 ? sequence() : sequence(nested(depth - 1)));
const extension = (index: number) => sequence(oid(`1.2.3.${index}`), octetString(Uint8Array.of(5, 0)));
/** A subject whose encoding has this many octets. */
const subjectOf = (octets: number): Uint8Array => {
  const rdns = many(17, () => commonName('x'.repeat(50)));
  const length = octets - sequence(...rdns, commonName('')).length;
  return sequence(...rdns, commonName('x'.repeat(length)));
};
/** A URI that is an alternative name of this many octets, three of them its header. */
const uriOf = (octets: number): string => `urn:${'x'.repeat(octets - 'urn:'.length - 3)}`;

/** A request of this many octets, some ten thousand. */
const requestOf = (octets: number): MessageKnobs => {
  const filled = (size: number) =>
    request({ attributes: [attribute('1.2.3.4', octetString(new Uint8Array(size)))] });
  const some = 40_000;
  return filled(octets - ((filled(some).messageData?.length ?? 0) - some));
};

interface Edge {
  readonly limits: Partial<MessageLimits>;
  /** A message that has `n` of it; `fits` is the largest that is served. */
  readonly build: (n: number) => MessageKnobs;
  readonly fits: number;
}

const EDGES: Record<string, Edge> = {
  'nesting of the message': {
    limits: { nesting: 24 },
    fits: 24,
    // The value of a signed attribute lies at the ninth level.
    build: (n) => ({ extraAttributes: [attribute('1.2.3.4', nested(n - 8))] }),
  },
  'nesting of the request': {
    limits: { nesting: 24 },
    fits: 24,
    // The value of an attribute lies at the sixth.
    build: (n) => request({ attributes: [attribute('1.2.3.4', nested(n - 5))] }),
  },
  'signed attributes': {
    limits: { attributes: 16 },
    fits: 16,
    // Five are the message's own.
    build: (n) => ({ extraAttributes: many(n - 5, (i) => attribute(`1.2.3.${i}`, printableString('x'))) }),
  },
  'attributes of the request': {
    limits: { attributes: 16 },
    fits: 16,
    build: (n) => request({ attributes: many(n - 1, (i) => attribute(`1.2.3.${i}`, printableString('x'))) }),
  },
  'extensions of the request': {
    limits: { attributes: 16 },
    fits: 16,
    build: (n) => request({ extensions: many(n, extension) }),
  },
  'alternative names': {
    limits: { attributes: 16 },
    fits: 16,
    build: (n) => request({ extensions: [altNames(...many(n, (i) => ['dns', `h${i}.example`] as const))] }),
  },
  'the subject': {
    limits: { nameOctets: 1100 },
    fits: 1100,
    build: (n) => request({ subject: subjectOf(n) }),
  },
  'the request': {
    limits: {},
    fits: 49_152,
    build: requestOf,
  },
  'an alternative name': {
    limits: { nameOctets: 256 },
    fits: 256,
    build: (n) => request({ extensions: [altNames(['uri', uriOf(n)])] }),
  },
};

describe.each(Object.entries(EDGES))('%s', (_what, { limits, build, fits }) => {
  const ask = async (n: number, options: BenchOptions = {}) => {
    const bench = await createBench({ endpoints: () => [intuneEndpoint()], ...options });
    return { bench, answer: await bench.ask(bench.build(build(n))) };
  };

  it('at the limit is served', async () => {
    expect((await ask(fits, { limits })).answer.outcome).toBe('SUCCESS');
  });

  it('one more is refused, logged once, and leaves nothing', async () => {
    const { bench, answer } = await ask(fits + 1, { limits });
    expect(answer.outcome).toBe('FAILURE badRequest');
    expect(answer.message?.failInfoText).toBe('The request was refused.');
    expect(linesWith(bench, 'ERR_LIMIT')).toHaveLength(1);
    expect(bench.journal.map(({ code }) => code)).toEqual(['ERR_LIMIT']);
    expect(bench.store.records.size).toBe(0);
    expect(leaksOf(bench, CHALLENGE)).toEqual([]);
  });
});

it('what lies in a string is not nesting, and what ends the message early is not followed', () => {
  expect(measureNesting(octetString(nested(50)), 100)).toBe(1);
  expect(measureNesting(nested(50), 100)).toBe(50);
  expect(measureNesting(nested(50), 7)).toBe(7);
  expect(measureNesting(context(0, nested(50)).subarray(0, 20), 100)).toBeLessThan(20);
});

describe('a body', () => {
  const send = async (bench: Bench, body: Uint8Array, query = '') => {
    const url = `http://skep.test/?operation=PKIOperation${query}`;
    const message = query ? new Request(url) : post(body);
    return readAnswer(await bench.handle('static', '', message), bench.ca);
  };

  it('of as many octets as allowed is read, one more is 413', async () => {
    const [some] = [(await createBench()).build()];
    const bench = await createBench({ handler: { maxBodyBytes: some.length } });
    expect((await send(bench, some)).outcome).toBe('SUCCESS');
    const answer = await send(bench, Buffer.concat([some, Buffer.of(0)]));
    expect(answer.outcome).toBe('HTTP 413');
    expect(Buffer.from(answer.body).toString()).toContain('ERR_BODY_TOO_LARGE');
    expect(linesWith(bench, 'ERR_BODY_TOO_LARGE')).toHaveLength(1);
  });

  it('in a query has the same limit', async () => {
    const some = (await createBench()).build();
    const bench = await createBench({ handler: { maxBodyBytes: some.length - 1 } });
    const query = `&message=${encodeURIComponent(Buffer.from(some).toString('base64'))}`;
    expect((await send(bench, some, query)).outcome).toBe('HTTP 413');
  });
});

it('as many as allowed are at work, one more is 429', async () => {
  let release: () => void = () => undefined;
  const gate = new Promise<Verdict>((resolve) => {
    release = () => {
      resolve({ granted: true });
    };
  });
  const validator = { ...grantingIntune(), validate: () => gate };
  const bench = await createBench({
    endpoints: () => [intuneEndpoint({ validator })],
    handler: { maxConcurrent: 3 },
  });
  const asked = many(3, (n) => bench.ask(bench.build({ csr: { challenge: `challenge ${n}` } })));
  const refused = await bench.ask(bench.build({ csr: { challenge: 'one more' } }));
  expect(refused.outcome).toBe('HTTP 429');
  expect(Buffer.from(refused.body).toString()).toContain('ERR_BUSY');
  release();
  expect((await Promise.all(asked)).map(({ outcome }) => outcome)).toEqual(many(3, () => 'SUCCESS'));
});

describe('one address', () => {
  it('may ask as often as allowed; then 429, before the body is looked at; others are served', async () => {
    const clock = { now: () => new Date('2026-11-22T15:30:00Z') };
    const bench = await createBench();
    const addressLimit = createAddressLimit({
      what: 'SCEP messages',
      perMinute: 3,
      trustedHops: 1,
      clock,
      logger: bench.service.logger,
    });
    const limited = await createBench({ handler: { addressLimit } });
    const send = async (address: string, message = limited.build()) => {
      const headers = {
        'x-forwarded-for': `10.9.8.7, ${address}:50123`,
        'content-length': String(message.length),
      };
      return readAnswer(await limited.handle('static', '', post(message, { headers })), limited.ca);
    };
    for (const expected of ['SUCCESS', 'SUCCESS', 'SUCCESS', 'HTTP 429', 'HTTP 429'])
      expect((await send('203.0.113.5')).outcome).toBe(expected);
    const refused = await send('203.0.113.5', Uint8Array.of(0));
    expect(Buffer.from(refused.body).toString()).toContain('ERR_RATE_LIMITED');
    expect(refused.headers.get('retry-after')).toBe('20');
    expect((await send('203.0.113.6')).outcome).toBe('SUCCESS');
    // One line for the address, not one for each message.
    expect(linesWith(bench, 'ERR_RATE_LIMITED')).toHaveLength(1);
    expect(linesWith(bench, '203.0.113.5')).toHaveLength(1);
  });
});
