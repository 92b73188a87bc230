/** @module Steps p to u: what the device asks for is what the profile says. Nothing else in the CSR is looked at. */
import { refuse } from '../codes.js';
import type { NameAttribute } from '../model.js';
import { known, type Check } from './draft.js';

type Rdns = readonly (readonly NameAttribute[])[];

const flatten = (rdns: Rdns) =>
  JSON.stringify(
    rdns.map((rdn) => rdn.map(({ type, value }) => [type, value].join('=')).sort((a, b) => (a < b ? -1 : 1))),
  );

const isSubset = (some: Iterable<string>, all: ReadonlySet<string>) => [...some].every((one) => all.has(one));

export const COMPARISON: readonly Check[] = [
  {
    step: 'p',
    name: 'subject',
    run: (draft) => {
      const expected = known(draft.inner).expectation.subject;
      const actual = known(draft.csr).subject;
      if (expected.length > 0 && actual.length === 0)
        return refuse('SubjectNameMissing', 'The request has no subject.');
      const escaped = expected.flat().some((attribute) => attribute.escaped);
      const bug = escaped && draft.state.switches.escapedSubjectBug;
      if (!bug && flatten(expected) === flatten(actual)) return undefined;
      return refuse('SubjectNameMismatch', 'The subject is not the expected one.');
    },
  },
  {
    step: 'q',
    name: 'alternative names',
    run: (draft) => {
      const key = ({ type, value }: { type: string; value: string }) => `${type}:${value}`;
      const expected = new Set(known(draft.inner).expectation.alternativeNames.map(key));
      const actual = new Set((known(draft.csr).alternativeNames ?? []).map(key));
      if (expected.size > 0 && actual.size === 0)
        return refuse('SubjectAltNameMissing', 'The request has no alternative names.');
      const noExtra = draft.state.switches.ignoreExtraAlternativeNames || isSubset(actual, expected);
      if (noExtra && isSubset(expected, actual)) return undefined;
      return refuse('SubjectAltNameMismatch', 'The alternative names are not the expected ones.');
    },
  },
  {
    step: 'r',
    name: 'key usage',
    run: (draft) =>
      known(draft.csr).keyUsage === known(draft.inner).expectation.keyUsage
        ? undefined
        : refuse('KeyUsageMismatch', 'The key usage is not the expected one.'),
  },
  {
    step: 's',
    name: 'key length',
    run: (draft) =>
      known(draft.csr).rsaBits === known(draft.inner).expectation.keyLength
        ? undefined
        : refuse('KeyLengthMismatch', 'The key is not an RSA key of the expected length.'),
  },
  {
    step: 't',
    name: 'extended key usage',
    run: (draft) => {
      const expected = new Set(known(draft.inner).expectation.extendedKeyUsages);
      const requested = known(draft.csr).extendedKeyUsages;
      if (expected.size > 0 && !requested)
        return refuse('EnhancedKeyUsageMissing', 'The request has no extended key usage.');
      const actual = new Set(requested);
      if (isSubset(actual, expected) && isSubset(expected, actual)) return undefined;
      return refuse('EnhancedKeyUsageMismatch', 'The extended key usages are not the expected ones.');
    },
  },
  {
    step: 'u',
    name: 'registered key',
    run: (draft) => {
      const { registeredKeyIds } = known(draft.inner).expectation;
      if (registeredKeyIds === null) return undefined;
      if (registeredKeyIds.length === 0)
        return refuse(
          'AadKeyIdentifierListMissing',
          'The profile asks for a registered key and there is none.',
        );
      if (registeredKeyIds.includes(known(draft.csr).keyId)) return undefined;
      return refuse('RegisteredKeyMismatch', 'The key is not a registered one.');
    },
  },
];
