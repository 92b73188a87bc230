/** @module The subject goes into the certificate as it came, if every attribute in it is allowed and sane. */
import { SkepError } from '../../base/errors.js';
import { faultOfLength } from '../../pki/name-bounds.js';
import { formatName, NAME_ATTRIBUTES, type NameAttribute } from '../../pki/name.js';
import type { Check } from '../pipeline.js';
import { isUnder } from './host-name.js';
import { isDeceptive } from './text.js';

export const COMMON_NAME = '2.5.4.3';

/** Attributes of the profile's list only, each of a length and in characters that are allowed. */
export const assertSubjectAttributes: Check = ({ csr, profile }) => {
  for (const rdn of csr.subject.rdns) {
    if (rdn.length === 0) throw refusal('empty relative name');
    for (const attribute of rdn) {
      if (!profile.subjectAttributes.has(attribute.type)) throw refusal(`${label(attribute)} is not allowed`);
      assertValue(attribute);
    }
  }
};

function assertValue(attribute: NameAttribute): void {
  const { type, value } = attribute;
  if (value === '') throw refusal(`${label(attribute)} is empty`);
  if (isDeceptive(value)) throw refusal(`${label(attribute)} holds a control character`);
  const fault = faultOfLength(type, value);
  if (fault !== undefined) throw refusal(`${label(attribute)} ${fault}`);
}

/** An empty subject needs an alternative name (RFC 5280 section 4.1.2.6). */
export const assertNamed: Check = ({ csr, requested }) => {
  if (csr.subject.rdns.length === 0 && !requested.subjectAltNames) throw refusal('no name at all');
};

/** A leaf that bears the CA's name would count as issued by itself and confuse whoever builds a path. */
export const refuseIssuerName: Check = ({ csr, issuer }) => {
  if (csr.subject.rdns.length > 0 && formatName(csr.subject).toLowerCase() === issuer.name.toLowerCase()) {
    throw refusal('the name of the CA');
  }
};

/** Old clients take a host name from the common name, so the protected domains hold there too. */
export const refuseProtectedCommonName: Check = ({ csr, profile }) => {
  for (const { type, value } of csr.subject.rdns.flat()) {
    if (type === COMMON_NAME && isUnder(value, profile.protectedDomains)) {
      throw refusal('CN lies in a protected domain');
    }
  }
};

function label({ type }: NameAttribute): string {
  return NAME_ATTRIBUTES[type] ?? type;
}

function refusal(detail: string): SkepError {
  return new SkepError('ERR_SUBJECT', { detail });
}
