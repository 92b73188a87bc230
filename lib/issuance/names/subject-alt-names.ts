/** @module Alternative names: those of the request, if the profile allows every one of them. */
import { SkepError } from '../../base/errors.js';
import type { GeneralName } from '../../pki/general-names.js';
import type { IssuanceProfile, LeafNameKind } from '../profile.js';
import type { Shaper } from '../pipeline.js';
import { isUnder } from './host-name.js';
import { isDeviceUri, readIntuneDeviceId } from './identity.js';
import { isMicrosoftTag, isSidUri } from './sid-uri.js';
import { IS_WELL_FORMED } from './syntax.js';

const MAX_NAMES = 32;

type NameRule = (name: GeneralName, profile: IssuanceProfile) => string | undefined;

/** What is wrong with one name, if anything. */
const RULES: readonly NameRule[] = [
  ({ kind, value }, { subjectAltNames }) =>
    isAllowedKind(kind, subjectAltNames) ? undefined : `${kind === 'other' ? value : kind} is not allowed`,
  ({ kind, value }) =>
    kind === 'other' || IS_WELL_FORMED[kind](value) ? undefined : `not a well-formed ${kind}`,
  ({ kind, value }, { protectedDomains }) =>
    kind === 'dns' && isUnder(value, protectedDomains) ? 'dns lies in a protected domain' : undefined,
  ({ kind, value }, { allowSidUri }) =>
    kind === 'uri' && isMicrosoftTag(value) && !(allowSidUri && isSidUri(value))
      ? 'uri carries a security identifier'
      : undefined,
  (name) =>
    isDeviceUri(name) && readIntuneDeviceId(name) === undefined
      ? 'not a well-formed Intune device id'
      : undefined,
];

/** Who a certificate is for must be one answer: revocation and Windows look at one of each. */
const SINGLE: readonly (readonly [string, (name: GeneralName) => boolean])[] = [
  ['user principal name', ({ kind }) => kind === 'upn'],
  ['Intune device id', (name) => readIntuneDeviceId(name) !== undefined],
  ['security identifier', ({ kind, value }) => kind === 'uri' && isMicrosoftTag(value)],
];

/** @throws {SkepError} `ERR_SAN`; the detail says which rule, and never repeats a value. */
export const shapeSubjectAltNames: Shaper<'subjectAltNames'> = ({ requested, profile }) => {
  const names = requested.subjectAltNames ?? [];
  if (names.length > MAX_NAMES) throw refusal(`more than ${MAX_NAMES} names`);
  for (const name of names) {
    for (const rule of RULES) {
      const problem = rule(name, profile);
      if (problem) throw refusal(problem);
    }
  }
  for (const [what, matches] of SINGLE) {
    if (names.filter(matches).length > 1) throw refusal(`more than one ${what}`);
  }
  return names;
};

function isAllowedKind(kind: GeneralName['kind'], allowed: ReadonlySet<LeafNameKind>): boolean {
  return kind !== 'other' && allowed.has(kind);
}

function refusal(detail: string): SkepError {
  return new SkepError('ERR_SAN', { detail });
}
