/**
 * Every step of the path fails and every fault strikes, logged at the most talkative level: nothing that was written
 * holds a challenge, a token, a request, a key or a setting that is secret. SKEP_HYGIENE=all has each step meet each
 * fault, which takes minutes.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../lib/base/clock.js';
import { OUTBOX_TABLE } from '../../../lib/store/table-outbox.js';
import { createScepClient } from '../../../dev/scep-client/index.js';
import { createDeviceLine } from '../faults/device-line.js';
import { createDevice, createKeyPool, enrollFleet } from '../faults/fleet.js';
import { STEPS, type Step } from '../faults/steps.js';
import { createStrike, FAULTS } from '../faults/strikes.js';
import { startWorld, type World } from '../faults/world.js';
import { findLeaks } from './secrets.js';
import { dumpDocuments, dumpTables } from './written.js';

const STATIC_CHALLENGE = 'harbour-violet-2209-marble';
const TALKATIVE = { SKEP_LOG_LEVEL: 'debug', SKEP_STATIC_CHALLENGE: STATIC_CHALLENGE };
const CELLS = (Object.keys(STEPS) as Step[]).flatMap((step, i) =>
  FAULTS.filter((_fault, j) => process.env['SKEP_HYGIENE'] === 'all' || j === i % FAULTS.length).map(
    (fault) => ({ step, fault }),
  ),
);
const LIMITS = { timeout: 600_000 };

let world: World;
let keys: Awaited<ReturnType<typeof createKeyPool>>;
/** Lines of the server's output: the world keeps the latest only. */
const lines = new Set<string>();
const answers: string[] = [];
const challenges: string[] = [];
let devicesMade = 0;

beforeAll(async () => {
  const [started, pool] = await Promise.all([startWorld(), createKeyPool(4)]);
  keys = pool;
  const { simulator } = started;
  // Every challenge that is minted passes here on its way to its device.
  const syncDevice: typeof simulator.syncDevice = async (...given) => {
    const answer = await simulator.syncDevice(...given);
    challenges.push(...(JSON.stringify(answer).match(/[A-Za-z0-9+/=]{1000,}/g) ?? []));
    return answer;
  };
  world = { ...started, simulator: { ...simulator, syncDevice } };
});
afterAll(() => world.close());

function keepLines(): void {
  for (const line of world.server.log) lines.add(line);
}

async function ask(path: string): Promise<void> {
  answers.push(await (await fetch(world.server.url + path)).text());
}

async function runFleet(step: Step, fault: (typeof FAULTS)[number]): Promise<void> {
  await world.moveToQuietTime();
  const line = createDeviceLine();
  const devices = [1, 2].map((strikes) =>
    createDevice({ world, keys, fetch: line.fetch, number: ++devicesMade, strikes, key: 'same' }),
  );
  const { strike } = createStrike(world, line, step, fault);
  await enrollFleet(world, devices, async (wave) => {
    await strike(wave);
    keepLines();
  });
  keepLines();
}

/** A name that would like to be a line of its own, and red. */
const FORGED = 'CN=a\r\n[error] forged \u001b[31m';

async function enrollStatically(challenge: string, subject = 'CN=laptop'): Promise<string> {
  const client = createScepClient({ url: `${world.server.url}/static`, fetch });
  const [key] = keys;
  if (!key) throw new Error('no key');
  return (await client.enroll({ key, subject, challenge })).status;
}

/** What was written so far, but for what is written on purpose: the outbox. */
async function collect(): Promise<readonly string[]> {
  keepLines();
  const tables = await dumpTables(world.storage.connectionString);
  const rows = [...tables].filter(([name]) => name !== OUTBOX_TABLE).flatMap(([, shown]) => shown);
  return [...lines, ...answers, ...rows, ...(await dumpDocuments(world.storage.connectionString))];
}

const secrets = (): Record<string, readonly string[]> => ({
  'a challenge that was minted': challenges,
  'the static challenge': [STATIC_CHALLENGE],
  'the key of the storage account': [/AccountKey=([^;]+)/.exec(world.storage.connectionString)?.[1] ?? ''],
});

describe.each([
  ['Intune is told before', {}],
  ['Intune is told later', { SKEP_INTUNE_NOTIFY: 'deferred' }],
] as const)('%s', (_when, settings) => {
  beforeAll(async () => {
    await world.server.kill();
    await world.startServer({ ...TALKATIVE, ...settings });
  });

  it('no fault at any step makes anything secret be written', LIMITS, async () => {
    const deferred = 'SKEP_INTUNE_NOTIFY' in settings;
    const cells = deferred ? CELLS.filter(({ step }) => step === 'deliver') : CELLS;
    for (const { step, fault } of cells) await runFleet(step, fault);
    expect(await enrollStatically(STATIC_CHALLENGE)).toBe('SUCCESS');
    expect(await enrollStatically(`${STATIC_CHALLENGE}-wrong`)).toBe('FAILURE');
    expect(await enrollStatically(STATIC_CHALLENGE, FORGED)).toBe('FAILURE');
    for (const path of ['/', '/health', '/log/head', '/static?operation=PKIOperation&message=AAAA'])
      await ask(path);
    for (const timer of ['timer-sweep', 'timer-crl', 'timer-issuance-log', 'timer-intune-revocations'])
      await world.server.runTimer(timer);

    const written = await collect();
    expect(lines.size).toBeGreaterThan(100);
    expect(challenges.length).toBeGreaterThan(0);
    expect(findLeaks(written, secrets())).toEqual([]);
  });
});

it('the outbox alone holds requests, and only as long as they wait', LIMITS, async () => {
  const waiting = async () => (await dumpTables(world.storage.connectionString)).get(OUTBOX_TABLE) ?? [];
  await world.moveTime(2 * HOUR_MS);
  await world.server.runTimer('timer-outbox');
  expect(await waiting()).toEqual([]);
});

it('no line of the log can be forged by a name', () => {
  for (const line of lines) {
    expect(line.startsWith('[error] forged')).toBe(false);
    expect(line).not.toContain('\u001b');
  }
  expect([...lines].some((line) => line.includes('forged'))).toBe(true);
});

it('would find each of them', () => {
  const [challenge = ''] = challenges;
  const found = (text: string) => findLeaks([text], secrets()).length > 0;
  for (const text of [
    `x ${challenge.slice(0, 40)}`,
    Buffer.from(`y${challenge}`).toString('base64'),
    `secret=${STATIC_CHALLENGE}`,
    Buffer.from(STATIC_CHALLENGE).toString('base64'),
    Buffer.from(STATIC_CHALLENGE).toString('hex'),
    'Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.e30.x',
    '-----BEGIN PRIVATE KEY-----',
    `csr=${Buffer.alloc(120, 7).toString('base64')}`,
  ])
    expect([text.slice(0, 20), found(text)]).toEqual([text.slice(0, 20), true]);
  expect(findLeaks(['Issued a certificate with serial number 4A0F'], secrets())).toEqual([]);
});
