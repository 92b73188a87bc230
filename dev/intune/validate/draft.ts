/** @module What a validation has learned so far; each check may rely on what the checks before it found. */
import type { Clock } from '../../../lib/base/clock.js';
import type { ActionResult } from '../codes.js';
import type { InnerDocument } from '../challenge/inner.js';
import type { OuterToken } from '../challenge/outer.js';
import type { Credential } from '../credentials.js';
import type { SimulatorState } from '../state.js';
import type { ParsedRequest } from './csr.js';

export interface Draft {
  readonly state: SimulatorState;
  readonly clock: Clock;
  /** Tenant of the caller's token. */
  readonly tokenTenantId: string;
  /** certificateRequest as it was sent. */
  readonly certificateRequest: string;
  csr?: ParsedRequest;
  challenge?: string;
  challengeDigest?: string;
  xml?: string;
  outer?: OuterToken;
  signer?: Credential;
  sealed?: Uint8Array;
  plaintext?: Uint8Array;
  inner?: InnerDocument;
}

/** A row of the pipeline; undefined lets the request pass on. */
export interface Check {
  /** Letter of the step; checks of one letter belong together. */
  readonly step: string;
  readonly name: string;
  readonly run: (draft: Draft) => ActionResult | undefined | Promise<ActionResult | undefined>;
}

/** What an earlier check must have filled in; its absence is a fault of the table's order, not of the request. */
export function known<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('a check ran before the one that it relies on');
  return value;
}
