/** The command line of the load test. */
import { expect, test } from 'vitest';
import { parseLoadCommand } from '../../load/options.js';

test('a scenario, and defaults for the rest', () => {
  expect(parseLoadCommand(['renewal'], {})).toMatchObject({
    scenario: 'renewal',
    url: undefined,
    endpoint: 'intune',
    devices: 200,
    report: 'out/load/renewal.html',
  });
});

test('a server elsewhere: query and last slash go, the challenge may be in the environment', () => {
  const command = parseLoadCommand(['ocsp', '--url', 'https://skep.test/static/?operation=GetCACert'], {
    SKEP_STATIC_CHALLENGE: 'secret',
  });
  expect(command).toMatchObject({ url: 'https://skep.test/static', challenge: 'secret' });
});

test.each([
  [[], 'one scenario is wanted'],
  [['storm'], 'one scenario is wanted'],
  [['enroll', 'ocsp'], 'one scenario is wanted'],
  [['enroll', '--devices', '0'], '--devices'],
  [['enroll', '--seconds', '1.5'], '--seconds'],
  [['enroll', '--url', 'skep.test', '--challenge', 'x'], '--url'],
  [['enroll', '--url', 'https://skep.test'], '--challenge'],
  [['enroll', '--url', 'https://skep.test', '--challenge', 'x', '--endpoint', 'static'], '--endpoint'],
  [['enroll', '--endpoint', 'other'], '--endpoint'],
] as const)('%j is refused', (args, about) => {
  expect(() => parseLoadCommand(args, {})).toThrow(RangeError);
  expect(() => parseLoadCommand(args, {})).toThrow(about);
});

test('an option that does not exist is refused', () => {
  expect(() => parseLoadCommand(['enroll', '--device', '3'], {})).toThrow(TypeError);
});
