/** @module What an answer means, by its own bytes. Knows nothing of k6. */

export const OUTCOMES = ['served', 'shed', 'refused', 'serverError', 'timedOut', 'broken'] as const;

/**
 * - `served`: the certificate, or the status, that was asked for;
 * - `shed`: 429 that says when to come back, as a server does that protects itself;
 * - `refused`: a signed FAILURE, or an OCSP error;
 * - `serverError`: 5xx; `timedOut`: no answer in time; `broken`: anything else.
 */
export type Outcome = (typeof OUTCOMES)[number];

export interface Answer {
  /** HTTP; 0 when there was no answer. */
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string;
  readonly body: Uint8Array;
  readonly timedOut: boolean;
}

/** pkiStatus, a signed attribute, with its value 0, SUCCESS (RFC 8894 section 3.2.1.3). */
const PKI_STATUS_SUCCESS = [
  0x06, 0x0a, 0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x45, 0x01, 0x09, 0x03, 0x31, 0x03, 0x13, 0x01, 0x30,
];
/** responseStatus `successful`, in the first octets (RFC 6960 section 4.2.1). */
const OCSP_SUCCESSFUL = [0x0a, 0x01, 0x00];
const OCSP_STATUS_WITHIN = 12;

export function judgeScep(answer: Answer): Outcome {
  return judge(answer, 'application/x-pki-message', (body) => includes(body, PKI_STATUS_SUCCESS));
}

export function judgeOcsp(answer: Answer): Outcome {
  return judge(answer, 'application/ocsp-response', (body) =>
    includes(body.subarray(0, OCSP_STATUS_WITHIN), OCSP_SUCCESSFUL),
  );
}

function judge(answer: Answer, contentType: string, isSuccess: (body: Uint8Array) => boolean): Outcome {
  const { status, retryAfter, body } = answer;
  if (answer.timedOut) return 'timedOut';
  if (status >= 500) return 'serverError';
  if (status === 429) return Number(retryAfter) > 0 ? 'shed' : 'broken';
  if (status !== 200 || answer.contentType !== contentType) return 'broken';
  return isSuccess(body) ? 'served' : 'refused';
}

function includes(body: Uint8Array, wanted: readonly number[]): boolean {
  const [first = 0] = wanted;
  for (let at = body.indexOf(first); at >= 0; at = body.indexOf(first, at + 1)) {
    if (wanted.every((octet, index) => body[at + index] === octet)) return true;
  }
  return false;
}
