/** @module The CAs of the app, for people to compare with `skep ca show`, and for programs. */
import { certificateFacts, type CaFacts } from '../ca/describe.js';
import type { Report } from '../ca/report.js';
import type { ProfileRequest } from './request.js';

export interface ToldCas {
  readonly ca: CaFacts;
  readonly nextCa: CaFacts | null;
}

export function tellCas({ chain, next }: Pick<ProfileRequest, 'chain' | 'next'>, report: Report): ToldCas {
  const ca = certificateFacts(chain[0]);
  report.step(`The CA is ${ca.subject}, SHA-1 thumbprint ${ca.thumbprint}.`);
  const nextCa = next ? certificateFacts(next[0]) : null;
  if (nextCa) {
    report.step(
      `The next CA is ${nextCa.subject}, SHA-1 thumbprint ${nextCa.thumbprint}. Its certificates go beside the present ones; SCEP profiles refer to the present CA until the next one issues.`,
    );
  }
  return { ca, nextCa };
}
