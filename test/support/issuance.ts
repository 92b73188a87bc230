/** @module Shaping with defaults, so that a test of one rule says only what that rule looks at. */
import { randomBytes } from 'node:crypto';
import { viewIssuer, type IssuingAuthority } from '../../lib/issuance/issuer.js';
import type { IssuanceNote } from '../../lib/issuance/notes.js';
import { NOTES } from '../../lib/issuance/notes.js';
import type { IssuanceRequest } from '../../lib/issuance/pipeline.js';
import { createProfile, type ProfileConfig } from '../../lib/issuance/profile.js';
import { readRequested } from '../../lib/issuance/requested.js';
import { createShaper, type ShapedCertificate } from '../../lib/issuance/shape.js';
import { parseCertificate } from '../../lib/pki/certificate.js';
import { parseCertificationRequest } from '../../lib/pki/csr.js';
import { buildRequest, type RequestFields } from './request-builder.js';
import { testAuthority } from './test-authority.js';

export const NOW: Date = new Date('2026-11-22T12:00:00Z');

const { authority } = await testAuthority('rsa');

/** The RSA CA that all tests of this process share, valid from 2020 to 2049. */
export const ISSUER: IssuingAuthority = {
  certificate: parseCertificate(authority.issuer.certificate),
  algorithm: authority.issuer.algorithm,
};

export const signByIssuer = (tbs: Uint8Array): Promise<Uint8Array> =>
  authority.issuer.signer.sign(tbs, ISSUER.algorithm);

export interface RuleInput {
  readonly request?: RequestFields;
  readonly profile?: Partial<ProfileConfig>;
  readonly issuer?: IssuingAuthority;
  readonly now?: Date;
}

/** What a single rule is given, and the notes that it leaves. */
export function ruleRequest(input: RuleInput = {}): { request: IssuanceRequest; notes: IssuanceNote[] } {
  const notes: IssuanceNote[] = [];
  const csr = parseCertificationRequest(buildRequest(input.request));
  return {
    notes,
    request: {
      csr,
      requested: readRequested(csr),
      profile: createProfile({ name: 'test', ...input.profile }),
      issuer: viewIssuer(input.issuer ?? ISSUER),
      now: input.now ?? NOW,
      random: randomBytes,
      note: (code, detail) => notes.push({ code, security: NOTES[code].security, detail }),
    },
  };
}

/** The whole way from the fields of a request to the certificate that would be signed. */
export function shapeFrom(input: RuleInput = {}): ShapedCertificate {
  return createShaper(
    createProfile({ name: 'test', ...input.profile }),
    input.issuer ?? ISSUER,
  )({
    csr: parseCertificationRequest(buildRequest(input.request)),
    now: input.now ?? NOW,
    random: randomBytes,
    shard: 'A',
  });
}
