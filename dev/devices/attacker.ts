/** @module A Windows device in the hands of an attacker: it holds what Intune gave it, and asks for something else. */
import { generateRsaKey } from '../scep-client/index.js';
import { attackRow, type AttackName } from './attacks.js';
import type { ScepSettings } from './scep-settings.js';
import {
  createWindowsDevice,
  type InstallResult,
  type WindowsDevice,
  type WindowsDeviceOptions,
} from './windows.js';

/** A device whose every attempt is the attack. Where that needs a certificate, it enrolls honestly before. */
export function createAttackingDevice(name: AttackName, options: WindowsDeviceOptions): WindowsDevice {
  const { forge, afterEnrollment, atOnce = 1 } = attackRow(name);
  const genuine = createWindowsDevice(options);
  const { keys = (bits: number) => generateRsaKey(bits) } = options;

  async function attempt(settings: ScepSettings, number: number): Promise<InstallResult> {
    const honest = afterEnrollment && (await genuine.attempt(settings, number));
    const otherKey = await keys(settings.keyLength, 'software');
    const forged = createWindowsDevice({ ...options, ...forge({ settings, otherKey, honest }) });
    const results = await Promise.all(Array.from({ length: atOnce }, () => forged.attempt(settings, number)));
    // What came best of it is what the attacker has.
    return results.toSorted((a, b) => a.status - b.status)[0] as InstallResult;
  }

  return { ...genuine, attempt };
}
