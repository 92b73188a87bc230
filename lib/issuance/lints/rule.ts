/** @module A lint: one rule about the certificate that is about to be signed, and where it is written. */
import type { IssuerView } from '../issuer.js';
import type { TbsView } from './tbs-view.js';

export interface Lint {
  /** Kebab-case; the error and the journal name it. */
  readonly name: string;
  readonly source: string;
  /** Whether the certificate keeps the rule. What it cannot read throws and counts as broken. */
  readonly holds: (certificate: TbsView, issuer: IssuerView) => boolean;
}
