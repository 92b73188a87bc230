/**
 * Messages that other people's programs made, against the built server over HTTP, many at once: no wrong certificate, no
 * 5xx, each with the right code in the log and in the journal, and the server as large afterwards as before. Intune says
 * Success to everything. SKEP_STRANGERS says how often each message is sent.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDice } from '../../../dev/fleet/dice.js';
import { OID } from '../../../dev/scep-client/index.js';
import type { ErrorCode } from '../../../lib/base/error-codes.js';
import type { JournalEntry } from '../../../lib/journal/recorder.js';
import { failRow } from '../../../lib/scep/fail-info.js';
import { certificateText } from '../../support/openssl.js';
import { issuedBy, leaksOf } from '../../support/scep-bench.js';
import type { ServerMemory } from '../../support/server-main.js';
import { sendAll, type Sent } from './strangers/load.js';
import { makeStrangers, ROWS, type Stranger } from './strangers/make.js';
import { startStrangersServer, type StrangersServer } from './strangers/server.js';

const TIMES = Number(process.env['SKEP_STRANGERS'] ?? 24);
/** A third warms up; the server's memory is compared with what it is then. */
const WARM_UP = Math.ceil(TIMES / 3);
const ALTERED_EACH = 20;
const LIVE_GROWTH_MIB = 6;
const RESIDENT_GROWTH_MIB = 96;

const ALLOWED: readonly string[] = [
  OID.keyUsage,
  OID.extendedKeyUsage,
  OID.basicConstraints,
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
  OID.subjectAltName,
  OID.authorityInfoAccess,
  OID.crlDistributionPoints,
];

const dice = createDice(8);
let world: StrangersServer;
let strangers: readonly Stranger[];
let sent: readonly Sent<Stranger>[];
let altered: readonly Sent<{ readonly message: Uint8Array }>[];
let journal: readonly JournalEntry[];
const memory: ServerMemory[] = [];

const times = (count: number): Stranger[] =>
  strangers
    .flatMap((each) => Array.from({ length: count }, () => ({ each, at: dice.share() })))
    .toSorted((a, b) => a.at - b.at)
    .map(({ each }) => each);

/** An honest message with some octets of chance in it, or less of it. */
function alter({ message }: Stranger): { readonly message: Uint8Array } {
  const copy = Uint8Array.from(message);
  for (let left = 1 + dice.integer(3); left > 0; left--) copy[dice.integer(copy.length)] = dice.integer(256);
  return { message: dice.integer(8) === 0 ? copy.subarray(0, dice.integer(copy.length)) : copy };
}

beforeAll(async () => {
  world = await startStrangersServer();
  strangers = await makeStrangers(world.workshop);
  const { server, url, ca } = world;
  const honest = strangers.find(({ name }) => name === 'an honest request');
  if (!honest) throw new Error('nobody is honest');
  const first = await sendAll(url, ca, times(WARM_UP));
  memory.push(await server.measureMemory());
  const rest = await sendAll(url, ca, times(TIMES - WARM_UP));
  altered = await sendAll(
    url,
    ca,
    Array.from({ length: ALTERED_EACH * TIMES }, () => alter(honest)),
  );
  memory.push(await server.measureMemory());
  sent = [...first, ...rest];
  journal = await world.readJournal();
}, 600_000);
afterAll(() => world.close());

const answersTo = (name: string) => sent.filter(({ what }) => what.name === name).map(({ answer }) => answer);
const named = (outcome: 'issued' | 'refused') =>
  Object.entries(ROWS).flatMap(([name, row]) =>
    (row.outcome === 'issued') === (outcome === 'issued') ? [name] : [],
  );

describe('refused', () => {
  it.each(named('refused'))('%s', (name) => {
    const code = ROWS[name]?.outcome as ErrorCode;
    const answers = answersTo(name);
    expect(answers).toHaveLength(TIMES);
    const outcome = code === 'ERR_SCEP_MALFORMED' ? 'HTTP 400' : `FAILURE ${failRow(code).failInfo ?? ''}`;
    expect(new Set(answers.map((answer) => answer.outcome))).toEqual(new Set([outcome]));
    // What has a transaction is found by it; what has none is counted below.
    const [id] = answers.map(({ message }) => message?.transactionId);
    if (id === undefined) return;
    const entries = journal.filter(({ transactionId }) => transactionId === id);
    expect(entries.map((entry) => entry.code)).toEqual(Array(TIMES).fill(code));
    const told = world.lines.filter(
      (line) => line.includes(` code=${code} `) && line.includes(`transactionId=${id} `),
    );
    expect(told).toHaveLength(TIMES);
  });

  it('what is no message has its entries, too', () => {
    const unread = [...sent, ...altered].filter(({ answer }) => answer.outcome === 'HTTP 400');
    const entries = journal.filter(({ transactionId }) => transactionId === '');
    expect(entries).toHaveLength(unread.length);
    expect(new Set(entries.map(({ code }) => code))).toEqual(new Set(['ERR_SCEP_MALFORMED']));
  });
});

describe('issued, once', () => {
  it.each(named('issued'))('%s', (name) => {
    const good = answersTo(name).filter(({ outcome }) => outcome === 'SUCCESS');
    // Who asks for the same at the same time may be told to come back.
    const others = answersTo(name).filter(({ outcome }) => outcome !== 'SUCCESS');
    expect(others.filter(({ outcome }) => outcome !== 'HTTP 429')).toEqual([]);
    const [stranger] = sent.filter(({ what }) => what.name === name).map(({ what }) => what);
    const certificates = good.map((answer) => issuedBy(answer, stranger?.signer));
    const [certificate] = certificates;
    if (!certificate) throw new Error('nothing was issued');
    expect(new Set(certificates.map(({ thumbprint }) => thumbprint)).size).toBe(1);
    expect(certificate.extensions.map(({ oid }) => oid).filter((oid) => !ALLOWED.includes(oid))).toEqual([]);
    expect(Buffer.from(certificate.der).includes('evil.example')).toBe(false);
    expect(certificateText(certificate.der)).toContain('CA:FALSE');
    const outcomes = journal
      .filter(({ transactionId }) => transactionId === stranger?.transactionId)
      .map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'issued')).toHaveLength(1);
    // What was altered without harm counts as a repetition as well.
    expect(outcomes.filter((outcome) => outcome === 'repeated').length).toBeGreaterThanOrEqual(
      good.length - 1,
    );
  });

  it('and nothing else', () => {
    const issued = world.lines.filter((line) => line.includes('Issued a certificate'));
    expect(issued).toHaveLength(named('issued').length);
  });
});

it('an honest message that was altered brings nothing new, and no 5xx', () => {
  const outcomes = new Set(altered.map(({ answer }) => answer.outcome.replace(/^FAILURE .*/, 'FAILURE')));
  expect([...outcomes].filter((outcome) => !['SUCCESS', 'FAILURE', 'HTTP 400'].includes(outcome))).toEqual(
    [],
  );
});

it('everything that was sent is in the journal once', () => {
  expect(journal).toHaveLength(sent.length + altered.length);
});

it('no server error, no unexpected failure', () => {
  expect([...sent, ...altered].map(({ answer }) => answer.status).filter((status) => status >= 500)).toEqual(
    [],
  );
  expect(world.lines.filter((line) => line.startsWith('[error]') || line.includes('ERR_INTERNAL'))).toEqual(
    [],
  );
});

it('no challenge in what was written or answered', async () => {
  const log = [...world.lines, ...(await world.readTables())].map((line) => ({ line }));
  const bodies = sent.map(({ answer }) => answer.body);
  for (const { challenge } of strangers) expect(leaksOf({ log, journal, bodies }, challenge)).toEqual([]);
});

it('the server has not grown', () => {
  const [before, after] = memory;
  if (!before || !after) throw new Error('nothing was measured');
  expect(after.live - before.live).toBeLessThan(LIVE_GROWTH_MIB);
  expect(after.resident - before.resident).toBeLessThan(RESIDENT_GROWTH_MIB);
});
