/** @module What a profile means for one device: the request that Intune expects to see. */
import { createHash } from 'node:crypto';
import type { Expectation, ScepProfile } from '../model.js';
import { parseSubject } from './subject.js';
import { DeploymentError, resolveVariables, type VariableSource } from './variables.js';

/** @throws {DeploymentError} when a variable has no value, the subject is no name, or a user profile lacks its user. */
export function createExpectation(profile: ScepProfile, source: VariableSource): Expectation {
  if (profile.type === 'user' && !source.user) {
    throw new DeploymentError(`device ${source.device.id} has no user for a user profile`);
  }
  const resolve = (value: string) => resolveVariables(value, source);
  return {
    subject: parseSubject(profile.subjectFormat, resolve),
    alternativeNames: profile.subjectAlternativeNames.map(({ type, value }) => ({
      type,
      value: resolve(value),
    })),
    keyUsage: profile.keyUsage,
    extendedKeyUsages: profile.extendedKeyUsages,
    keyLength: profile.keyLength,
    validity: profile.validity,
    registeredKeyIds: profile.requiresRegisteredKey ? source.device.registeredKeyIds : null,
  };
}

/**
 * The Hash of a request id: signed, 32 bits. It changes with what a CSR must hold and with nothing else; name,
 * description, threshold and URL of a profile leave it alone. Registered keys belong to the device and are left out.
 */
export function hashExpectation(expectation: Expectation): number {
  const { registeredKeyIds, ...rest } = expectation;
  const text = JSON.stringify([rest, registeredKeyIds !== null]);
  return createHash('sha256').update(text).digest().readInt32BE(0);
}
