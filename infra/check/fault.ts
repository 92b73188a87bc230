/** @module What the checker finds. */

/** Codes are stable: the mutation test names them. */
export type FaultCode =
  | 'syntax'
  | 'undeclared'
  | 'unused'
  | 'unknown-function'
  | 'unknown-type'
  | 'api-version'
  | 'unknown-property'
  | 'read-only'
  | 'missing-property'
  | 'wrong-type'
  | 'wrong-value'
  | 'no-parent'
  | 'module'
  | 'needless-suppression'
  | 'policy'
  | 'settings';

export interface Fault {
  readonly code: FaultCode;
  /** Within infra/. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** Codes of the Bicep compiler for the same thing, as `#disable-next-line` names them. */
export const COMPILER_CODES: Readonly<Record<string, readonly FaultCode[]>> = {
  BCP187: ['unknown-property'],
  'no-unused-params': ['unused'],
};
