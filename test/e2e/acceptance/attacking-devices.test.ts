/**
 * Every mode of an attacking device, with a genuine challenge in its hands. Twice: with Intune's own checks, and with an
 * Intune that says Success to whatever it is asked, so that the CA stands alone.
 */
import { describe, expect, it } from 'vitest';
import { ATTACKS, ATTACK_NAMES, type AttackName } from '../../../dev/devices/attacks.js';
import { STATUS } from '../../../dev/devices/windows.js';
import type { ResultCode } from '../../../dev/intune/codes.js';
import { OID, type Fetch } from '../../../dev/scep-client/index.js';
import type { ErrorCode } from '../../../lib/base/error-codes.js';
import type { NoteCode } from '../../../lib/issuance/notes.js';
import { eventsOf, expectAlert, expectQuiet, expectStripped } from '../../support/alert.js';
import { leaksOf } from '../../support/scep-bench.js';
import { useWorld, type World } from './world.js';

const world = useWorld();

/** What becomes of the forged request: a refusal by its code, or a certificate without what was smuggled in. */
type Verdict = ErrorCode | { readonly without: string; readonly note: NoteCode };

interface Outcome {
  /** The ruling of Intune's own checks; `undefined` where the CA refuses before it asks. */
  readonly intune: ResultCode | undefined;
  /** What the CA does when Intune rules so. */
  readonly ca: Verdict;
  /**
   * What it does when Intune grants everything; `issued`: to see through that is Intune's part; `issued, told`: and the
   * log says that it was no challenge of Intune's form.
   */
  readonly alone: Verdict | 'issued' | 'issued, told';
}

/** The CA refuses it by itself, before Intune is asked. */
const early = (code: ErrorCode): Outcome => ({ intune: undefined, ca: code, alone: code });
/** Intune refuses it; the CA would do so, too, or leave it to Intune. */
const both = (intune: ResultCode, alone: Outcome['alone']): Outcome => ({
  intune,
  ca: 'ERR_INTUNE_REFUSED',
  alone,
});
/** Intune lets it pass. */
const blind = (ca: Verdict): Outcome => ({ intune: 'Success', ca, alone: ca });

const OUTCOMES: Record<Exclude<AttackName, 'flood'>, Outcome> = {
  'foreign-subject': both('SubjectNameMismatch', 'ERR_SUBJECT'),
  'foreign-device': both('SubjectAltNameMismatch', 'issued'),
  'replay-other-key': early('ERR_CHALLENGE_REUSED'),
  'replay-other-names': early('ERR_CHALLENGE_REUSED'),
  'replay-other-base64': early('ERR_CHALLENGE_REUSED'),
  'replay-other-xml': early('ERR_CHALLENGE_REUSED'),
  'two-challenges-in-one': early('ERR_CHALLENGE_ALTERED'),
  'challenge-in-an-entity': early('ERR_CHALLENGE_ALTERED'),
  'sid-extension': blind({ without: OID.msNtdsCaSecurity, note: 'sid-extension' }),
  'sid-uri': both('SubjectAltNameMismatch', 'ERR_SAN'),
  'extra-name': both('SubjectAltNameMismatch', 'ERR_SAN'),
  'split-extensions': early('ERR_CSR_AMBIGUOUS'),
  'split-extensions-microsoft': early('ERR_CSR_AMBIGUOUS'),
  'repeated-extension': early('ERR_CSR_AMBIGUOUS'),
  'repeated-challenge': early('ERR_CSR_AMBIGUOUS'),
  'certification-authority': blind('ERR_EXTENSION'),
  'certificate-signing': both('KeyUsageMismatch', 'ERR_KEY_USAGE'),
  'any-purpose': both('EnhancedKeyUsageMismatch', 'ERR_EXTENDED_KEY_USAGE'),
  'smart-card-logon': both('EnhancedKeyUsageMismatch', 'ERR_EXTENDED_KEY_USAGE'),
  'application-policies': blind({ without: '1.3.6.1.4.1.311.21.10', note: 'extension-ignored' }),
  'no-possession': early('ERR_CSR_SIGNATURE'),
  'renewal-without-challenge': early('ERR_RENEWAL_OFF'),
  'old-certificate-for-challenge': early('ERR_CHALLENGE_MISSING'),
  'no-challenge': early('ERR_CHALLENGE_MISSING'),
  'static-password': both('ChallengeDeserializationError', 'issued, told'),
  'log-injection': early('ERR_CSR_SIGNATURE'),
  'xml-bomb': early('ERR_CHALLENGE_ALTERED'),
};

const cases = Object.entries(OUTCOMES).map(([name, outcome]) => ({
  name: name as AttackName,
  means: ATTACKS[name as AttackName].means,
  outcome,
}));

/** How every challenge of Intune looks on its way to the device: base64 that begins with `<CertEnroll`. */
const CHALLENGE = /PENlcnRFbnJvbG[\w+/=]+/;

/** Syncs, so that a genuine challenge is there, and lets the device strike once. */
async function strike(scene: World, attack: AttackName, options: { readonly fetch?: Fetch } = {}) {
  let challenge = '';
  const { client } = scene.addDevice(
    {},
    {
      attack,
      exchange: async (message) => {
        const answer = await scene.simulator.dm.exchange(message);
        challenge ||= CHALLENGE.exec(JSON.stringify(answer))?.[0] ?? '';
        return answer;
      },
      ...options,
    },
  );
  await client.sync();
  const [result] = await client.runDueTasks();
  expect(challenge).not.toBe('');
  return { result, challenge };
}

async function expectVerdict(scene: World, attack: AttackName, verdict: Outcome['alone']): Promise<void> {
  const { result, challenge } = await strike(scene, attack);
  const honest = 'afterEnrollment' in ATTACKS[attack] ? 1 : 0;
  if (typeof verdict === 'string' && verdict !== 'issued' && verdict !== 'issued, told') {
    expect(result).toMatchObject({ status: STATUS.failed, thumbprint: '' });
    expect(scene.states()).toEqual(honest ? ['delivered'] : []);
    expectAlert(scene, verdict, challenge);
    return;
  }
  expect(result).toMatchObject({ status: STATUS.success });
  expect(scene.states()).toEqual(['delivered']);
  if (verdict === 'issued') {
    expectQuiet(scene, challenge);
    return;
  }
  if (verdict === 'issued, told') {
    expect(eventsOf(scene)).toEqual([expect.stringContaining('no CertEnrollToken')]);
    expect(leaksOf({ ...scene, bodies: [] }, challenge)).toEqual([]);
    return;
  }
  const oids = result?.certificate?.extensions.map(({ oid }) => oid) ?? [];
  expect(oids).toContain(OID.subjectAltName);
  expect(oids).not.toContain(verdict.without);
  expectStripped(scene, verdict.note, challenge);
}

/** Result codes of validateRequest, of the forged request alone. */
const rulings = ({ simulator }: World, attack: AttackName): (ResultCode | null)[] =>
  simulator.state.calls
    .filter(({ endpoint }) => endpoint === 'validateRequest')
    .map(({ code }) => code)
    .slice('afterEnrollment' in ATTACKS[attack] ? 1 : 0);

describe('with Intune’s own checks', () => {
  it.each(cases)('$name: $means', async ({ name, outcome }) => {
    const scene = world();
    await expectVerdict(scene, name, outcome.ca);
    expect(rulings(scene, name)).toEqual(outcome.intune ? [outcome.intune] : []);
  });
});

describe('with an Intune that grants everything', () => {
  it.each(cases)('$name: $means', async ({ name, outcome }) => {
    const scene = world();
    for (const endpoint of ['validateRequest', 'successNotification'] as const)
      scene.simulator.faults.add({ kind: 'unknownCode', endpoint, code: 'Success' });
    await expectVerdict(scene, name, outcome.alone);
  });
});

it('flood: one certificate, and the rest is turned away', async () => {
  const scene = world();
  const statuses: number[] = [];
  const counted: Fetch = async (url, init) => {
    const answer = await scene.ca.fetch(url, init);
    if (init.method === 'POST') statuses.push(answer.status);
    return answer;
  };
  const { result, challenge } = await strike(scene, 'flood', { fetch: counted });
  expect(result).toMatchObject({ status: STATUS.success });
  expect(scene.states()).toEqual(['delivered']);
  expect(statuses).toHaveLength(ATTACKS.flood.atOnce);
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  // However many were turned away at the door, that is one event, and no entry in the journal: they were not even read.
  expect(eventsOf(scene).filter((event) => event === 'warn ERR_BUSY')).toHaveLength(1);
  expect(leaksOf({ ...scene, bodies: [] }, challenge)).toEqual([]);
  expect(scene.journal.length).toBeLessThan(ATTACKS.flood.atOnce);
});

it('every mode is here', () => {
  expect([...Object.keys(OUTCOMES), 'flood'].sort()).toEqual([...ATTACK_NAMES].sort());
});

it('no line of the log is the attacker’s', async () => {
  const scene = world();
  await strike(scene, 'log-injection');
  expect(scene.lines.filter((line) => /[\r\n]/.test(line) || line.startsWith('warn Issued'))).toEqual([]);
});
