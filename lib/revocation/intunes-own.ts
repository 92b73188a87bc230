/** @module Whose a certificate is: Intune's, and with it the directory's, or of an endpoint where neither has a say. */
import type { CertificateRecord } from '../store/store.js';

export type IntuneCheck = (record: Pick<CertificateRecord, 'endpoint' | 'validator'>) => boolean;

/**
 * The record itself says who validated, so that a certificate stays whose it is when its endpoint is renamed, removed or
 * given another validator. Records of earlier versions do not: then only an endpoint that is known to be another's
 * makes them another's, for a certificate that nobody may revoke is worse than one that Intune may.
 * @param others names of the endpoints that are known not to be Intune's.
 */
export function createIntuneCheck(others: ReadonlySet<string>): IntuneCheck {
  return ({ validator, endpoint }) =>
    validator === undefined ? !others.has(endpoint) : validator === 'intune';
}
