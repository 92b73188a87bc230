/** @module The last look before the key is used: the octets are read back and held against RFC 5280. */
import { SkepError } from '../base/errors.js';
import type { IssuerView } from './issuer.js';
import type { Lint } from './lints/rule.js';
import { LINTS } from './lints/table.js';
import { readTbsView, type TbsView } from './lints/tbs-view.js';

const passed = new WeakMap<Uint8Array, IssuerView>();

/**
 * The same octets, for the same issuer, are looked at once: between shaping and assembling they change only when they
 * come back from the store, and then they are others.
 * @param tbs TBSCertificate, DER.
 * @throws {SkepError} `ERR_LINT`; the detail names the rule and its source.
 */
export function lintCertificate(tbs: Uint8Array, issuer: IssuerView): void {
  if (passed.get(tbs) === issuer) return;
  const certificate = read(tbs);
  for (const lint of LINTS) assertLint(lint, certificate, issuer);
  passed.set(tbs, issuer);
}

function read(tbs: Uint8Array): TbsView {
  try {
    return readTbsView(tbs);
  } catch (cause) {
    throw new SkepError('ERR_LINT', { detail: 'structure: RFC 5280 section 4.1', cause });
  }
}

function assertLint(lint: Lint, certificate: TbsView, issuer: IssuerView): void {
  const detail = `${lint.name}: ${lint.source}`;
  let holds: boolean;
  try {
    holds = lint.holds(certificate, issuer);
  } catch (cause) {
    throw new SkepError('ERR_LINT', { detail, cause });
  }
  if (!holds) throw new SkepError('ERR_LINT', { detail });
}
