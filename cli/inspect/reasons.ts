/** @module CRLReason (RFC 5280 section 5.3.1) by name. */

const REASONS: Readonly<Record<number, string>> = {
  0: 'unspecified',
  1: 'keyCompromise',
  2: 'cACompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  6: 'certificateHold',
  8: 'removeFromCRL',
  9: 'privilegeWithdrawn',
  10: 'aACompromise',
};

/** Empty where no reason is given. */
export const reasonName = (code: number | undefined): string =>
  code === undefined ? '' : (REASONS[code] ?? `reason ${code}`);
