/** @module An authority whose key signs nothing before the issuance log's queue has it. */
import { hash } from 'node:crypto';
import type { Clock } from '../base/clock.js';
import type { Authority, AuthoritySource, Issuer } from '../keys/authority.js';
import type { EventQueue, SignaturePurpose } from './ledger.js';

export interface RecordingParts {
  readonly queue: Pick<EventQueue, 'note'>;
  readonly clock: Clock;
}

const sha256 = (data: Uint8Array): string => hash('sha256', data).toUpperCase();

/** Its signatures also throw `ERR_STORE_UNAVAILABLE`: then nothing was signed. */
export function recordIssuer(
  issuer: Issuer,
  purpose: SignaturePurpose,
  { queue, clock }: RecordingParts,
): Issuer {
  const { signer } = issuer;
  const issuerId = sha256(signer.publicKey);
  return {
    ...issuer,
    signer: {
      ...signer,
      async sign(data, algorithm) {
        await queue.note({ kind: 'signed', purpose, at: clock.now(), issuerId, signedHash: sha256(data) });
        return signer.sign(data, algorithm);
      },
    },
  };
}

/** For those that sign with the CA key what no row of a certificate tells of. One view has one recorded view. */
export function recordAuthority(
  source: AuthoritySource,
  purpose: SignaturePurpose,
  parts: RecordingParts,
): AuthoritySource {
  const recorded = new WeakMap<Authority, Authority>();
  return async (anew) => {
    const authority = await source(anew);
    const known = recorded.get(authority);
    if (known) return known;
    const view: Authority = {
      ...authority,
      issuer: recordIssuer(authority.issuer, purpose, parts),
      ...(authority.former && {
        former: authority.former.map((issuer) => recordIssuer(issuer, purpose, parts)),
      }),
    };
    recorded.set(authority, view);
    return view;
  };
}
