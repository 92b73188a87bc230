/** @module The subject goes into the certificate as it came, if every attribute in it is allowed and sane. */
import { SkepError } from '../../base/errors.js';
import { formatName, NAME_ATTRIBUTES, type NameAttribute } from '../../pki/name.js';
import type { Check } from '../pipeline.js';
import { isUnder } from './host-name.js';
import { isDeceptive } from './text.js';

export const COMMON_NAME = '2.5.4.3';

/** Upper bounds in characters (RFC 5280 appendix A.1, X.520 annex C; RFC 4524 section 2.22 for UID). */
const UPPER_BOUNDS: ReadonlyMap<string, number> = new Map([
  [COMMON_NAME, 64],
  ['2.5.4.4', 32_768],
  ['2.5.4.5', 64],
  ['2.5.4.7', 128],
  ['2.5.4.8', 128],
  ['2.5.4.9', 128],
  ['2.5.4.10', 64],
  ['2.5.4.11', 64],
  ['2.5.4.12', 64],
  ['2.5.4.13', 1024],
  ['2.5.4.17', 40],
  ['2.5.4.42', 32_768],
  ['2.5.4.43', 32_768],
  ['0.9.2342.19200300.100.1.1', 256],
  ['1.2.840.113549.1.9.1', 255],
]);

const COUNTRY = '2.5.4.6';

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
  if (type === COUNTRY && !/^[A-Za-z]{2}$/.test(value)) throw refusal('C is not two letters');
  const bound = UPPER_BOUNDS.get(type);
  // Code points, not UTF-16 units: a short string is within any bound, so hardly any is counted.
  if (bound !== undefined && value.length > bound && Array.from(value).length > bound) {
    throw refusal(`${label(attribute)} is longer than ${bound} characters`);
  }
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
