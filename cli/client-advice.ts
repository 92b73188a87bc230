/** @module What the user of the command line should do about a failure of the SCEP client or a refusal by a server. */
import { ScepClientError, type FailInfoName, type ScepClientErrorCode } from '../dev/scep-client/index.js';
import { ERRORS } from '../lib/base/error-codes.js';
import { SkepError } from '../lib/base/errors.js';
import { CliError, EXIT } from './terminal.js';

const ADVICE = {
  ERR_CLIENT_INPUT: 'Correct the argument that the message names.',
  ERR_CLIENT_NETWORK: 'Check the address, and that the server runs: curl "<url>?operation=GetCACaps".',
  ERR_CLIENT_HTTP:
    'Look at the path of --url and at the server’s log; 429 and 503 mean that a later attempt makes sense.',
  ERR_CLIENT_CONTENT_TYPE:
    'This is not a SCEP answer: look for a proxy or a sign-in page in front of the server.',
  ERR_CLIENT_MALFORMED: 'Look at the bytes with `skep inspect FILE` or `openssl asn1parse`.',
  ERR_CLIENT_ALGORITHM: 'Choose other algorithms with --digest and --cipher, or look at the server’s.',
  ERR_CLIENT_NO_RECIPIENT:
    'The server needs an RSA certificate with keyEncipherment in GetCACert: an RA certificate, or an RSA CA.',
  ERR_CLIENT_THUMBPRINT: 'Compare the thumbprint with `skep inspect` of the CA certificate.',
  ERR_CLIENT_UNTRUSTED:
    'The server’s certificates do not belong together; look at GetCACert with `skep inspect`.',
  ERR_CLIENT_SIGNATURE: 'The answer was altered, or another server gave it; try again and look for proxies.',
  ERR_CLIENT_ANSWER: 'The server does not follow RFC 8894 here; report it to whoever runs it.',
  ERR_CLIENT_UNDECRYPTABLE: 'Check that the key belongs to the certificate that the message is encrypted to.',
  ERR_CLIENT_CERTIFICATE: 'The server issued something else than asked for; report it to whoever runs it.',
} as const satisfies Record<ScepClientErrorCode, string>;

export const REFUSAL_ADVICE = {
  badAlg:
    'The server does not take this key or algorithm: try --key-size 2048 --digest sha256 --cipher aes128.',
  badMessageCheck: 'The message did not arrive as it was sent; look for a proxy that changes bodies.',
  badRequest:
    'Most often the challenge is wrong, used or expired, or the subject is not allowed. The server’s log says which.',
  badTime: 'The challenge has expired, or the clocks differ.',
  badCertId: 'The server does not know that certificate or request.',
} as const satisfies Record<FailInfoName, string>;

/** Turns anything thrown into an ending with advice. */
export function explainClientError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  if (thrown instanceof ScepClientError) {
    const exitCode = thrown.code === 'ERR_CLIENT_INPUT' ? EXIT.usage : EXIT.failed;
    return new CliError(exitCode, thrown.code, thrown.message, ADVICE[thrown.code], { cause: thrown });
  }
  if (thrown instanceof SkepError)
    return new CliError(EXIT.failed, thrown.code, thrown.message, ERRORS[thrown.code].remedy, {
      cause: thrown,
    });
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CliError(EXIT.failed, 'ERR_INTERNAL', message, 'Report it with the command that you ran.', {
    cause: thrown,
  });
}
