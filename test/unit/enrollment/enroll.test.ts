/** The path as a whole: its order, and what is left behind when any step of it fails, loses its answer or races. */
import { describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import { ATTEMPT_LEASE_MS } from '../../../lib/enrollment/recall.js';
import type { Authority } from '../../../lib/keys/authority.js';
import type { CertificateStore } from '../../../lib/store/store.js';
import type { Validator } from '../../../lib/validators/validator.js';
import {
  createBench,
  deviceCsr,
  intuneEndpoint,
  issuedBy,
  OTHER_KEY,
  type Bench,
} from '../../support/scep-bench.js';
import { testAuthority } from '../../support/test-authority.js';
import { CAPTURE_CLOCK } from '../../support/vectors.js';

type Event =
  | 'recall'
  | 'validate'
  | 'reserve'
  | 'lease'
  | 'sign'
  | 'markIssued'
  | 'notifySuccess'
  | 'markDelivered'
  | 'revoke'
  | 'abandon';

interface World {
  readonly bench: Bench;
  /** What happened, in order. */
  readonly events: Event[];
  /** What was given to the CA key. */
  readonly signed: Buffer[];
  /** Lets the next `times` calls of this kind fail: before anything is done, or after it. */
  fail(event: Event, error: unknown, when?: 'before' | 'after', times?: number): void;
  /** Lets time pass. */
  wait(ms: number): void;
}

async function createWorld(otherKey: 'refuse' | 'supersede' = 'refuse'): Promise<World> {
  let now = CAPTURE_CLOCK.now().getTime();
  const events: Event[] = [];
  const signed: Buffer[] = [];
  const failures: { event: Event; error: unknown; when: 'before' | 'after'; times: number }[] = [];

  const watched =
    <A extends unknown[], R>(event: Event, work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      events.push(event);
      const failure = failures.find((planned) => planned.event === event && planned.times > 0);
      if (failure) failure.times--;
      if (failure?.when === 'before') throw failure.error;
      const result = await work(...args);
      if (failure) throw failure.error;
      return result;
    };

  const store = (own: CertificateStore): CertificateStore => ({
    ...own,
    recall: watched('recall', (...args: Parameters<CertificateStore['recall']>) => own.recall(...args)),
    reserve: watched('reserve', (...args: Parameters<CertificateStore['reserve']>) => own.reserve(...args)),
    lease: watched('lease', (...args: Parameters<CertificateStore['lease']>) => own.lease(...args)),
    markIssued: watched('markIssued', (...args: Parameters<CertificateStore['markIssued']>) =>
      own.markIssued(...args),
    ),
    markDelivered: watched('markDelivered', (...args: Parameters<CertificateStore['markDelivered']>) =>
      own.markDelivered(...args),
    ),
    revoke: watched('revoke', (...args: Parameters<CertificateStore['revoke']>) => own.revoke(...args)),
    abandon: watched('abandon', (...args: Parameters<CertificateStore['abandon']>) => own.abandon(...args)),
  });
  const authority = (own: Authority): Authority => ({
    ...own,
    issuer: {
      ...own.issuer,
      signer: {
        ...own.issuer.signer,
        sign: watched('sign', (data, algorithm) => {
          signed.push(Buffer.from(data));
          return own.issuer.signer.sign(data, algorithm);
        }),
      },
    },
  });
  const validator: Validator = {
    name: 'intune',
    validate: watched('validate', () => Promise.resolve({ granted: true })),
    notifySuccess: watched('notifySuccess', () => Promise.resolve({ granted: true })),
  };
  const bench = await createBench({
    store,
    authority,
    clock: { now: () => new Date(now) },
    endpoints: () => [intuneEndpoint({ validator, replay: { otherKey } })],
  });
  return {
    bench,
    events,
    signed,
    fail: (event, error, when = 'before', times = 1) => failures.push({ event, error, when, times }),
    wait: (ms) => {
      now += ms;
    },
  };
}

const states = ({ bench }: World): string[] => [...bench.store.records.values()].map(({ state }) => state);
const FRESH: readonly Event[] = [
  'recall',
  'validate',
  'reserve',
  'sign',
  'markIssued',
  'notifySuccess',
  'markDelivered',
];

describe('the path', () => {
  it('goes in this order', async () => {
    const { bench, events } = await createWorld();
    expect((await bench.ask(bench.build())).outcome).toBe('SUCCESS');
    expect(events).toEqual(FRESH);
    expect(bench.journal.at(-1)?.steps.map(({ name }) => name)).toEqual([
      'decode', 'open', 'recall', 'validate', 'shape', 'reserve', 'sign', 'record', 'notify', 'answer', 'deliver',
    ]); // prettier-ignore
  });

  it('writes down whose the certificate is, whatever becomes of its endpoint', async () => {
    const { bench } = await createWorld();
    await bench.ask(bench.build());
    const [record] = bench.store.records.values();
    expect(record).toMatchObject({ endpoint: 'intune', validator: 'intune' });
  });

  it('is short for the same request again', async () => {
    const { bench, events } = await createWorld();
    const message = bench.build();
    const first = issuedBy(await bench.ask(message));
    events.length = 0;
    expect(issuedBy(await bench.ask(message)).thumbprint).toBe(first.thumbprint);
    expect(events).toEqual(['recall']);
    expect(bench.journal.at(-1)?.outcome).toBe('repeated');
  });

  it('signs what was reserved', async () => {
    const { bench, signed } = await createWorld();
    await bench.ask(bench.build());
    const [record] = bench.store.records.values();
    expect(signed).toEqual([Buffer.from(record?.tbs ?? [])]);
  });
});

const outage = new SkepError('ERR_STORE_UNAVAILABLE');
const conflict = new SkepError('ERR_STORE_CONFLICT');
const FAULTS = [
  ['an outage', outage, 'HTTP 503'],
  ['a conflict', conflict, 'HTTP 429'],
  ['a bug', new TypeError('x is not a function'), 'HTTP 503'],
] as const;
const STEPS = ['recall', 'reserve', 'sign', 'markIssued', 'notifySuccess', 'markDelivered'] as const;

describe.each(FAULTS)('%s', (_name, error, outcome) => {
  describe.each(['before', 'after'] as const)('%s the work is done', (when) => {
    it.each(STEPS)('of %s: nothing is delivered, and a later try delivers one certificate', async (step) => {
      const world = await createWorld();
      const { bench } = world;
      const messageData = deviceCsr();
      world.fail(step, error, when);

      const first = await bench.ask(bench.build({ messageData }));
      expect(first.outcome).toBe(outcome);
      expect(Number(first.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(bench.journal.at(-1)?.outcome).toBe('unavailable');

      world.wait(ATTEMPT_LEASE_MS);
      const certificate = issuedBy(await bench.ask(bench.build({ messageData })));
      expect(states(world)).toEqual(['delivered']);
      expect([...bench.store.records.keys()]).toEqual([certificate.serialHex]);
      // However often the key was used, it was for the same certificate.
      expect(new Set(world.signed.map((tbs) => tbs.toString('hex'))).size).toBe(1);
      expect(world.signed.length).toBeLessThanOrEqual(2);
      expect(world.events.lastIndexOf('notifySuccess')).toBeGreaterThan(
        world.events.lastIndexOf('markIssued'),
      );
    });
  });
});

describe('a row that was reserved and never finished', () => {
  it('is left alone as long as an attempt may be at work on it', async () => {
    const world = await createWorld();
    const { bench } = world;
    world.fail('sign', new SkepError('ERR_SIGNER_UNAVAILABLE'));
    const message = bench.build();
    expect((await bench.ask(message)).outcome).toBe('HTTP 503');
    world.wait(ATTEMPT_LEASE_MS - 1);
    expect((await bench.ask(message)).outcome).toBe('HTTP 429');
    expect(world.signed).toHaveLength(0);
  });

  it('is then signed as it stands, once, and not validated again', async () => {
    const world = await createWorld();
    const { bench, events, signed } = world;
    world.fail('sign', new SkepError('ERR_SIGNER_UNAVAILABLE'));
    const message = bench.build();
    expect((await bench.ask(message)).outcome).toBe('HTTP 503');
    const [reserved] = bench.store.records.values();
    world.wait(ATTEMPT_LEASE_MS);
    events.length = 0;
    expect((await bench.ask(message)).outcome).toBe('SUCCESS');
    expect(events).toEqual(['recall', 'lease', 'sign', 'markIssued', 'notifySuccess', 'markDelivered']);
    expect(signed).toEqual([Buffer.from(reserved?.tbs ?? [])]);
  });

  it.each([
    ['ERR_SIGNER_THROTTLED', 'HTTP 429'],
    ['ERR_SIGNER_REFUSED', 'HTTP 503'],
  ] as const)('is free at once when the key says that it did not sign: %s', async (code, outcome) => {
    const world = await createWorld();
    const { bench } = world;
    world.fail('sign', new SkepError(code));
    const message = bench.build();
    expect((await bench.ask(message)).outcome).toBe(outcome);
    expect((await bench.ask(message)).outcome).toBe('SUCCESS');
    expect(world.signed).toHaveLength(1);
    expect(states(world)).toEqual(['delivered']);
  });

  it('stays leased when the store does not hear of that, and the answer is the same', async () => {
    const world = await createWorld();
    const { bench } = world;
    world.fail('sign', new SkepError('ERR_SIGNER_THROTTLED', { retryAfterSeconds: 7 }));
    world.fail('lease', new SkepError('ERR_STORE_UNAVAILABLE'));
    const message = bench.build();
    const answer = await bench.ask(message);
    expect(answer.outcome).toBe('HTTP 429');
    // As the key asked, or up to twice as long, so that not all come back at once.
    expect(Number(answer.headers.get('retry-after'))).toSatisfy((seconds) => seconds >= 7 && seconds <= 14);
    const busy = await bench.ask(message);
    expect([busy.outcome, busy.headers.get('retry-after')]).toEqual(['HTTP 429', '45']);
    world.wait(ATTEMPT_LEASE_MS);
    expect((await bench.ask(message)).outcome).toBe('SUCCESS');
  });

  it('is put away when another key comes instead', async () => {
    const world = await createWorld();
    world.fail('sign', new SkepError('ERR_SIGNER_UNAVAILABLE'));
    await world.bench.ask(world.bench.build());
    world.wait(ATTEMPT_LEASE_MS);
    const other = await world.bench.ask(world.bench.build({ csr: { key: OTHER_KEY } }));
    expect(other.outcome).toBe('SUCCESS');
    expect(states(world)).toEqual(['abandoned', 'delivered']);
  });
});

describe('a certificate that nobody received', () => {
  it('is revoked when another key comes instead', async () => {
    const world = await createWorld();
    world.fail('notifySuccess', new SkepError('ERR_VALIDATOR_UNAVAILABLE'));
    await world.bench.ask(world.bench.build());
    expect(states(world)).toEqual(['issued']);
    const other = await world.bench.ask(world.bench.build({ csr: { key: OTHER_KEY } }));
    expect(other.outcome).toBe('SUCCESS');
    expect(states(world)).toEqual(['revoked', 'delivered']);
  });

  it('is revoked even if the first try to replace it breaks off half-way', async () => {
    const world = await createWorld();
    world.fail('notifySuccess', new SkepError('ERR_VALIDATOR_UNAVAILABLE'));
    await world.bench.ask(world.bench.build());
    const message = world.bench.build({ csr: { key: OTHER_KEY } });
    world.fail('reserve', outage, 'before', 2);
    expect((await world.bench.ask(message)).outcome).toBe('HTTP 503');
    expect((await world.bench.ask(message)).outcome).toBe('HTTP 503');
    expect((await world.bench.ask(message)).outcome).toBe('SUCCESS');
    expect(states(world)).toEqual(['revoked', 'delivered']);
  });
});

describe('a certificate that the CA before a rollover signed', () => {
  it('is told to its owner by its own issuer’s name', async () => {
    const told: string[] = [];
    const validator: Validator = {
      name: 'intune',
      validate: () => Promise.resolve({ granted: true }),
      notifySuccess: ({ issuer }) => {
        told.push(issuer);
        if (told.length === 1) throw new SkepError('ERR_VALIDATOR_UNAVAILABLE');
        return Promise.resolve({ granted: true });
      },
    };
    const before = await createBench({ endpoints: () => [intuneEndpoint({ validator })] });
    const messageData = deviceCsr();
    expect((await before.ask(before.build({ messageData }))).outcome).toBe('HTTP 503');

    const { authority: successor } = await testAuthority('ec');
    const after = await createBench({
      endpoints: () => [intuneEndpoint({ validator })],
      store: () => before.store,
      authority: ({ trusted }) => ({ ...successor, trusted: [...successor.trusted, ...trusted] }),
    });
    expect((await after.ask(after.build({ messageData }))).outcome).toBe('SUCCESS');
    expect(told).toEqual(['CN=Mini SCEP CA,O=ProtoScep,C=US', 'CN=Mini SCEP CA,O=ProtoScep,C=US']);
  });
});

describe('superseding', () => {
  it.each(STEPS)('never leaves two good certificates, though %s fails', async (step) => {
    const world = await createWorld('supersede');
    const { bench } = world;
    expect((await bench.ask(bench.build())).outcome).toBe('SUCCESS');
    const message = bench.build({ csr: { key: OTHER_KEY } });
    world.fail(step, outage);
    expect((await bench.ask(message)).outcome).toBe('HTTP 503');
    world.wait(ATTEMPT_LEASE_MS);
    expect((await bench.ask(message)).outcome).toBe('SUCCESS');
    expect(states(world)).toEqual(['revoked', 'delivered']);
  });

  it.each(['before', 'after'] as const)('nor when the revocation fails %s it is written', async (when) => {
    const world = await createWorld('supersede');
    const { bench } = world;
    await bench.ask(bench.build());
    const message = bench.build({ csr: { key: OTHER_KEY } });
    world.fail('revoke', outage, when);
    expect((await bench.ask(message)).outcome).toBe('HTTP 503');
    expect((await bench.ask(message)).outcome).toBe('SUCCESS');
    expect(states(world)).toEqual(['revoked', 'delivered']);
    const [first] = bench.store.records.values();
    expect(first?.revocation).toMatchObject({ reason: 'superseded', by: 'enrollment' });
  });
});

describe('at the same time', () => {
  it('two of the same request: one certificate', async () => {
    const world = await createWorld();
    const { bench } = world;
    const message = bench.build();
    const outcomes = (await Promise.all([bench.ask(message), bench.ask(message)])).map(
      ({ outcome }) => outcome,
    );
    expect(outcomes.sort()).toEqual(['HTTP 429', 'SUCCESS']);
    expect(states(world)).toEqual(['delivered']);
    expect(world.signed).toHaveLength(1);
  });

  it('two that finish the same row: one takes it up and signs, and the other comes back for it', async () => {
    const world = await createWorld();
    const { bench } = world;
    const message = bench.build();
    world.fail('sign', new SkepError('ERR_SIGNER_UNAVAILABLE'));
    await bench.ask(message);
    world.wait(ATTEMPT_LEASE_MS);
    const answers = await Promise.all([bench.ask(message), bench.ask(message)]);
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['HTTP 429', 'SUCCESS']);
    const delivered = answers
      .filter(({ outcome }) => outcome === 'SUCCESS')
      .map((answer) => issuedBy(answer));
    expect(world.signed).toHaveLength(1);
    expect(states(world)).toEqual(['delivered']);
    expect(issuedBy(await bench.ask(message)).thumbprint).toBe(delivered[0]?.thumbprint);
  });
});

describe('the journal', () => {
  it('says who and what, and where it ended', async () => {
    const { bench } = await createWorld();
    const csr = { subjectAltNames: [{ type: 'upn', value: 'Ada@Example.com' }] } as const;
    const { serialHex } = issuedBy(await bench.ask(bench.build({ csr })));
    expect(bench.journal).toHaveLength(1);
    expect(bench.journal[0]).toMatchObject({
      endpoint: 'intune',
      transactionId: '4D1A',
      messageType: 'PKCSReq',
      outcome: 'issued',
      subject: 'CN=device',
      serialNumber: serialHex,
      user: 'ada@example.com',
    });
  });

  it('tells of what is no message, without a transaction', async () => {
    const { bench } = await createWorld();
    expect((await bench.ask(Uint8Array.of(0x30, 0))).outcome).toBe('HTTP 400');
    expect(bench.journal).toMatchObject([
      { outcome: 'refused', code: 'ERR_SCEP_MALFORMED', transactionId: '', messageType: 'unknown' },
    ]);
  });
});
