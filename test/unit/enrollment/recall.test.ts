import { describe, expect, it } from 'vitest';
import { recollect, type Recollection, type ReplayPolicy } from '../../../lib/enrollment/recall.js';
import type { CertificateState, RevocationReason } from '../../../lib/store/states.js';
import type { CertificateRecord, Claim, Revocation } from '../../../lib/store/store.js';
import { codeOf } from '../../support/error-code.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const ago = (ms: number): Date => new Date(NOW.getTime() - ms);
const WINDOW_MS = 3_600_000;

const claim: Claim = { key: 'C0', csrHash: 'A1', serialNumber: '41', claimedAt: ago(60_000), version: 'v1' };

function recordIn(state: CertificateState, changes: Partial<CertificateRecord> = {}): CertificateRecord {
  return {
    serialNumber: '41',
    state,
    endpoint: 'intune',
    issuerId: 'CA1',
    claim: 'C0',
    csrHash: 'A1',
    transactionId: 'T',
    subject: 'CN=device',
    subjectAltNames: [],
    notBefore: NOW,
    notAfter: NOW,
    tbs: new Uint8Array(),
    reservedAt: ago(60_000),
    version: 'v1',
    ...changes,
  };
}

const revocation = (from: CertificateState, reason: RevocationReason, by: string): Revocation => ({
  at: NOW,
  reason,
  by,
  from,
});

/** What is asked about: the rows below name what matters to them; the test runs every value of the rest. */
const STATES = {
  'no claim': undefined,
  'claim without a row': undefined,
  reserved: recordIn('reserved'),
  'reserved for another CA': recordIn('reserved', { issuerId: 'CA0' }),
  'reserved and leased': recordIn('reserved', { leasedUntil: ago(-14_001) }),
  'reserved, lease over': recordIn('reserved', { leasedUntil: NOW }),
  issued: recordIn('issued'),
  delivered: recordIn('delivered'),
  abandoned: recordIn('abandoned', { revocation: revocation('reserved', 'unspecified', 'sweeper') }),
  'revoked before delivery': recordIn('revoked', {
    revocation: revocation('issued', 'privilegeWithdrawn', 'enrollment'),
  }),
  'revoked before delivery by a person': recordIn('revoked', {
    revocation: revocation('issued', 'keyCompromise', 'person:1'),
  }),
  'held before delivery by the directory': recordIn('revoked', {
    revocation: revocation('issued', 'certificateHold', 'directory'),
  }),
  'swept before delivery': recordIn('revoked', {
    revocation: revocation('issued', 'cessationOfOperation', 'sweeper'),
  }),
  'revoked after delivery': recordIn('revoked', {
    revocation: revocation('delivered', 'keyCompromise', 'person:1'),
  }),
  'superseded by a person': recordIn('revoked', {
    revocation: revocation('delivered', 'superseded', 'person:1'),
  }),
  'superseded by us': recordIn('revoked', {
    revocation: revocation('delivered', 'superseded', 'enrollment'),
  }),
  expired: recordIn('expired'),
  'expired without delivery': recordIn('expired', {
    revocation: revocation('issued', 'superseded', 'enrollment'),
  }),
} as const;

type StateName = keyof typeof STATES;
type Expected =
  'issue' | 'replace' | 'replace dead' | 'supersede' | 'sign' | 'notify' | 'answer' | 'busy' | 'reused';

/** State, whose request, and what becomes of it under either policy. */
const TABLE: readonly (readonly [StateName, 'same' | 'other', Expected, Expected])[] = [
  // state                      request  refuse          supersede
  ['no claim', 'same', 'issue', 'issue'],
  ['no claim', 'other', 'issue', 'issue'],
  ['claim without a row', 'same', 'replace', 'replace'],
  ['claim without a row', 'other', 'replace', 'replace'],
  ['reserved', 'same', 'sign', 'sign'],
  ['reserved', 'other', 'replace dead', 'replace dead'],
  ['reserved for another CA', 'same', 'replace dead', 'replace dead'],
  ['reserved for another CA', 'other', 'replace dead', 'replace dead'],
  ['reserved and leased', 'same', 'busy', 'busy'],
  ['reserved and leased', 'other', 'busy', 'busy'],
  ['reserved, lease over', 'same', 'sign', 'sign'],
  ['reserved, lease over', 'other', 'replace dead', 'replace dead'],
  ['issued', 'same', 'notify', 'notify'],
  ['issued', 'other', 'replace dead', 'replace dead'],
  ['delivered', 'same', 'answer', 'answer'],
  ['delivered', 'other', 'reused', 'supersede'],
  ['abandoned', 'same', 'replace', 'replace'],
  ['abandoned', 'other', 'replace', 'replace'],
  ['revoked before delivery', 'same', 'replace', 'replace'],
  ['revoked before delivery', 'other', 'replace', 'replace'],
  ['revoked before delivery by a person', 'same', 'reused', 'reused'],
  ['revoked before delivery by a person', 'other', 'reused', 'reused'],
  ['held before delivery by the directory', 'same', 'reused', 'reused'],
  ['held before delivery by the directory', 'other', 'reused', 'reused'],
  ['swept before delivery', 'same', 'replace', 'replace'],
  ['swept before delivery', 'other', 'replace', 'replace'],
  ['revoked after delivery', 'same', 'reused', 'reused'],
  ['revoked after delivery', 'other', 'reused', 'reused'],
  ['superseded by a person', 'same', 'reused', 'reused'],
  ['superseded by a person', 'other', 'reused', 'reused'],
  ['superseded by us', 'same', 'reused', 'replace'],
  ['superseded by us', 'other', 'reused', 'replace'],
  ['expired', 'same', 'reused', 'reused'],
  ['expired', 'other', 'reused', 'reused'],
  ['expired without delivery', 'same', 'replace', 'replace'],
  ['expired without delivery', 'other', 'replace', 'replace'],
];

const recall = (state: StateName, whose: 'same' | 'other', policy: ReplayPolicy, own = claim): Recollection =>
  recollect(
    state === 'no claim' ? undefined : own,
    STATES[state],
    { csrHash: whose === 'same' ? 'A1' : 'B2', issuerId: 'CA1' },
    policy,
    NOW,
  );

function summary(state: StateName, whose: 'same' | 'other', policy: ReplayPolicy, own = claim): Expected {
  const code = codeOf(() => recall(state, whose, policy, own));
  if (code === 'ERR_BUSY') return 'busy';
  if (code === 'ERR_CHALLENGE_REUSED') return 'reused';
  const found = recall(state, whose, policy, own);
  if (found.next !== 'issue') {
    expect(found.record).toBe(STATES[state]);
    return found.next;
  }
  const { replaces, dead, supersedes } = found;
  if (!replaces) return 'issue';
  expect(replaces).toBe(own);
  if (dead) expect([dead, supersedes]).toEqual([STATES[state], undefined]);
  if (supersedes) expect(supersedes).toBe(STATES[state]);
  return dead ? 'replace dead' : supersedes ? 'supersede' : 'replace';
}

describe('recollect', () => {
  it('has a row for every state and request', () => {
    const rows = TABLE.map(([state, whose]) => `${state}/${whose}`);
    const all = Object.keys(STATES).flatMap((state) => [`${state}/same`, `${state}/other`]);
    expect(rows).toEqual(all);
  });

  describe.each([
    ['without a window', undefined],
    ['within the window', WINDOW_MS],
  ])('%s', (_case, windowMs) => {
    const window = windowMs === undefined ? {} : { windowMs };
    it.each(TABLE)('%s, %s request: %s, or %s', (state, whose, refuse, supersede) => {
      expect(summary(state, whose, { otherKey: 'refuse', ...window })).toBe(refuse);
      expect(summary(state, whose, { otherKey: 'supersede', ...window })).toBe(supersede);
    });
  });

  it.each(TABLE)('after the window everything is new: %s, %s request', (state, whose) => {
    const old = { ...claim, claimedAt: ago(WINDOW_MS + 1) };
    for (const otherKey of ['refuse', 'supersede'] as const) {
      const expected = state === 'no claim' ? 'issue' : 'replace';
      expect(summary(state, whose, { otherKey, windowMs: WINDOW_MS }, old)).toBe(expected);
    }
  });

  it('the window ends after its last millisecond', () => {
    const old = { ...claim, claimedAt: ago(WINDOW_MS) };
    expect(summary('delivered', 'same', { otherKey: 'refuse', windowMs: WINDOW_MS }, old)).toBe('answer');
  });

  it('says when to come back', () => {
    expect(() => recall('reserved and leased', 'same', { otherKey: 'refuse' })).toThrow(
      expect.objectContaining({ code: 'ERR_BUSY', retryAfterSeconds: 15 }),
    );
  });
});
