import { expect, it } from 'vitest';
import { readDeviceId } from '../../../lib/intune/challenge.js';

const ID = '7c4f1b6e-0a3d-4c58-9a0e-2f7b1d5c9e11';
const challenge = (inner: string) =>
  Buffer.from(`<CertEnrollToken><Data/>${inner}</CertEnrollToken>`).toString('base64');

it('reads the device id', () => {
  expect(readDeviceId(challenge(`<DeviceId>${ID.toUpperCase()}</DeviceId>`))).toBe(ID);
});

it.each([
  ['a static challenge', 'open sesame'],
  ['no element', challenge('')],
  ['no GUID', challenge('<DeviceId>router</DeviceId>')],
  ['too long a challenge', challenge(`<DeviceId>${ID}</DeviceId>${' '.repeat(32 * 1024)}`)],
])('finds none in %s', (_name, text) => {
  expect(readDeviceId(text)).toBeUndefined();
});
