/** @module What the tool hands to k6: what to send, how much of it, and what must hold. Types alone: both sides import it. */

export const SCENARIOS = ['enroll', 'renewal', 'ocsp', 'mixed', 'overload'] as const;

export type ScenarioName = (typeof SCENARIOS)[number];

/** One JSON file, which k6 reads once. */
export interface LoadPlan {
  readonly scenario: ScenarioName;
  /** For the report: where it goes, without anything secret. */
  readonly target: string;
  /** Address of the SCEP endpoint. */
  readonly scepUrl: string;
  readonly ocspUrl: string;
  readonly devices: number;
  readonly seconds: number;
  /** Connections that an overload keeps busy. */
  readonly connections: number;
  readonly limits: LoadLimits;
}

export interface LoadLimits {
  /** Milliseconds that 95 of 100 answers may take. */
  readonly scepP95Ms: number;
  readonly ocspP95Ms: number;
}

/** Another file, the big one: k6 shares it between its virtual users. Everything is base64 of DER. */
export interface LoadRequests {
  /** pkiMessages, each with a key of its own. */
  readonly enrollments: readonly string[];
  readonly renewals: readonly string[];
  /** OCSP requests about certificates that exist. */
  readonly ocsp: readonly string[];
}

/** Times that a device asks OCSP while its user signs in and out of networks in the morning. */
export const OCSP_PER_DEVICE = 10;
