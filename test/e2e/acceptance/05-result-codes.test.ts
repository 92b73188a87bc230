/** Scenario 5: each code of 2.4 reached by a purpose-made request; no certificate in CA storage as valid. */
import { expect, it } from 'vitest';
import { MUTATIONS, MUTATION_NAMES } from '../../../dev/intune/challenge/mutations.js';
import { RESULT_CODES, type ResultCode } from '../../../dev/intune/codes.js';
import type { ScepProfile } from '../../../dev/intune/model.js';
import type { CsrOptions } from '../../../dev/scep-client/index.js';
import { OID } from '../../../lib/pki/oids.js';
import { DEVICE_KEY } from '../../support/scep-bench.js';
import { useWorld, type AddedDevice, type World } from './world.js';

const world = useWorld();
/** Every code that some request here has led to. */
const reached = new Set<string>();

type Changes = { -readonly [Name in keyof CsrOptions]?: CsrOptions[Name] };

interface Case {
  readonly code: ResultCode;
  readonly title: string;
  readonly profile?: Partial<ScepProfile>;
  /** What the request says, against what Intune asked for. */
  readonly request?: Changes;
  /** What happens between the sync and the request. */
  readonly between?: (scene: World, added: AddedDevice, request: Changes) => void | Promise<void>;
}

const without = (name: keyof CsrOptions): Changes => Object.fromEntries([[name, undefined]]);
const EMPTY_NAME = Uint8Array.of(0x30, 0);
const registeredKeys =
  (ids: readonly string[]): NonNullable<Case['between']> =>
  async ({ simulator }, { deviceId, profileId }, request) => {
    const profile = simulator.state.profiles.get(profileId);
    const device = simulator.state.devices.get(deviceId);
    if (!profile || !device) throw new Error('the device is not there');
    profile.requiresRegisteredKey = true;
    device.registeredKeyIds = ids;
    request.challenge = (await simulator.mintChallenge(deviceId, profileId)).challenge;
  };
/** The CA refuses such a request by itself, so Intune's answer is laid. */
const answering =
  (code: ResultCode): NonNullable<Case['between']> =>
  ({ simulator }) => {
    simulator.faults.add({ kind: 'unknownCode', endpoint: 'validateRequest', code });
  };

const CASES: readonly Case[] = [
  ...MUTATION_NAMES.map((mutation): Case => ({
    code: MUTATIONS[mutation].meaning,
    title: `a challenge that is spoiled: ${mutation}`,
    between: async ({ simulator }, { deviceId, profileId }, request) => {
      request.challenge = (await simulator.mintChallenge(deviceId, profileId, mutation)).challenge;
    },
  })),
  { code: 'SubjectNameMissing', title: 'an empty subject', request: { subject: EMPTY_NAME } },
  { code: 'SubjectNameMismatch', title: 'another subject', request: { subject: 'CN=somebody-else' } },
  { code: 'SubjectAltNameMissing', title: 'no names', request: without('subjectAltNames') },
  {
    code: 'SubjectAltNameMismatch',
    title: 'another name',
    request: { subjectAltNames: [{ type: 'uri', value: 'IntuneDeviceId://other' }] },
  },
  { code: 'KeyUsageMismatch', title: 'less key usage', request: { keyUsage: ['digitalSignature'] } },
  { code: 'KeyLengthMismatch', title: 'a shorter key', profile: { keyLength: 4096, keyProtection: 3 } },
  { code: 'EnhancedKeyUsageMissing', title: 'no purposes', request: without('extendedKeyUsage') },
  {
    code: 'EnhancedKeyUsageMismatch',
    title: 'one purpose more',
    request: { extendedKeyUsage: [OID.clientAuth, OID.serverAuth] },
  },
  { code: 'AadKeyIdentifierListMissing', title: 'no key is registered', between: registeredKeys([]) },
  { code: 'RegisteredKeyMismatch', title: 'another is', between: registeredKeys(['00'.repeat(32)]) },
  {
    code: 'ScepProfileNoLongerTargetedToTheClient',
    title: 'the assignment is gone',
    between: ({ simulator }) => {
      simulator.state.assignments.clear();
    },
  },
  {
    code: 'Unknown',
    title: 'a challenge that was used up',
    between: ({ simulator }) => {
      simulator.state.switches.singleUse = true;
      for (const request of simulator.state.requests.values()) request.state = 'completed';
    },
  },
  {
    code: 'ChallengePasswordMissing',
    title: 'Intune finds no challenge',
    between: answering('ChallengePasswordMissing'),
  },
  {
    code: 'CertificateRequestDecodingFailed',
    title: 'Intune cannot read it',
    between: answering('CertificateRequestDecodingFailed'),
  },
];

it.each(CASES)('$code: $title', async ({ code, profile, request = {}, between }) => {
  const scene = world();
  const changes: Changes = { ...request };
  const added = scene.addDevice(profile, { request: changes, key: DEVICE_KEY });
  const rulings: (string | undefined)[] = [];
  await added.client.sync();
  await between?.(scene, added, changes);
  // One attempt: what is from the future now may be good in the next minute.
  expect(await added.client.runDueTasks()).toMatchObject([{ status: 16, thumbprint: '' }]);
  for (const line of scene.lines) {
    const [, ruling] = /Intune validateRequest: refused.* resultCode=(\S+)/.exec(line) ?? [];
    if (ruling !== undefined) rulings.push(ruling);
  }
  expect(new Set(rulings)).toEqual(new Set([code]));
  expect(scene.states()).toEqual([]);
  expect(added.client.certificates()).toEqual([]);
  reached.add(code);
});

it('ChallengePasswordMissing: a request without one does not even reach Intune', async () => {
  const { addDevice, states, simulator, journal } = world();
  const { client } = addDevice({}, { request: without('challenge') });
  await client.sync();
  expect(await client.runTasks()).toMatchObject([{ status: 16 }]);
  expect(new Set(journal.map(({ code }) => code))).toEqual(new Set(['ERR_CHALLENGE_MISSING']));
  expect(simulator.state.calls).toEqual([]);
  expect(states()).toEqual([]);
});

it('Success: the honest request', async () => {
  const { addDevice, states } = world();
  const { client } = addDevice();
  await client.sync();
  expect(await client.runTasks()).toMatchObject([{ status: 1 }]);
  expect(states()).toEqual(['delivered']);
  reached.add('Success');
});

it('every code was reached', () => {
  expect([...reached].sort()).toEqual([...RESULT_CODES].sort());
});
