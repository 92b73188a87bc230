/** @module Whom a request names, for the directory to confirm before anything is made of it. */
import type { CertificationRequest } from '../../pki/csr.js';
import { OID } from '../../pki/oids.js';
import { readSidExtension } from '../../pki/sid-extension.js';
import type { ClaimedIdentity } from '../../validators/identity-check.js';
import { readRequested } from '../requested.js';
import { isDeviceUri, readCommonNameIds, readIdentity, readIntuneDeviceId } from './identity.js';
import { isMicrosoftTag, readSidUri } from './sid-uri.js';

/**
 * All device ids and security identifiers, also such as issuance would refuse or ignore: who claims to be somebody else
 * is refused, whatever would have become of the claim.
 * @throws {SkepError} `ERR_CSR_MALFORMED`
 */
export function readClaimedIdentity(csr: CertificationRequest): ClaimedIdentity {
  const names = readRequested(csr).subjectAltNames ?? [];
  const { user } = readIdentity(csr.subject, names);
  const devices = names.filter(isDeviceUri).map((name) => readIntuneDeviceId(name) ?? UNREADABLE);
  const tags = names.filter(({ kind, value }) => kind === 'uri' && isMicrosoftTag(value));
  const extension = csr.extensions.find(({ type }) => type === OID.msNtdsCaSecurity);
  return {
    deviceIds: [...new Set([...devices, ...readCommonNameIds(csr.subject)])],
    ...(user === undefined ? {} : { user }),
    securityIdentifiers: [
      ...tags.map(({ value }) => readSidUri(value) ?? UNREADABLE),
      ...(extension ? [readSid(extension.value)] : []),
    ],
  };
}

/** Equals no security identifier, and is no device's id. */
const UNREADABLE = 'unreadable';

function readSid(value: Uint8Array): string {
  try {
    return readSidExtension(value);
  } catch {
    return UNREADABLE;
  }
}
