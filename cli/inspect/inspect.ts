/** @module Finds out what some bytes are, and describes them. */
import { ObjectIdentifier } from 'asn1js';
import { childrenOf, readBlock } from '../../dev/scep-client/ber-reader.js';
import { OID, readCertificate, readCsr, ScepClientError } from '../../dev/scep-client/index.js';
import { CliError, EXIT } from '../terminal.js';
import { describeCertificate, describeCsr } from './certificate.js';
import { describeChallenge, readToken } from './challenge.js';
import { describeEnvelope, describeSignedData, type InspectOptions } from './cms.js';
import { describeCrl } from './crl.js';
import type { Finding } from './finding.js';
import { describeOcspRequest, describeOcspResponse } from './ocsp.js';
import { readInput, type InputBlock } from './read-input.js';

type Describe = (bytes: Uint8Array, options: InspectOptions) => Finding;

/** Structures without a type of their own: the first reader that takes the bytes is right. */
const CANDIDATES: readonly Describe[] = [
  (bytes) => describeCertificate(readCertificate(bytes)),
  (bytes, { showChallenge }) => describeCsr(readCsr(bytes), showChallenge),
  describeCrl,
  describeOcspResponse,
  describeOcspRequest,
];

/** Describes everything in a file. @throws {CliError} for what is nothing that SCEP or a CA knows. */
export function inspect(bytes: Uint8Array, options: InspectOptions): Finding[] {
  return readInput(bytes).map((block) => describeBlock(block, options));
}

function describeBlock({ bytes, label = '' }: InputBlock, options: InspectOptions): Finding {
  if (label.endsWith('PRIVATE KEY')) {
    throw unknown(
      'This is a private key; it is not shown.',
      'To open an envelope with it, give it as --key.',
    );
  }
  const text = Buffer.from(bytes).toString('utf8');
  if (readToken(text)) return describeChallenge(text, options.showChallenge);
  const type = contentType(bytes);
  if (type === OID.signedData) return describeSignedData(bytes, options);
  if (type === OID.envelopedData) return describeEnvelope(bytes, options);
  return describeFirst(bytes, options);
}

/** The OID that a ContentInfo opens with. */
function contentType(bytes: Uint8Array): string | undefined {
  try {
    const [first] = childrenOf(readBlock(bytes, 'input'));
    return first instanceof ObjectIdentifier ? first.valueBlock.toString() : undefined;
  } catch {
    return undefined;
  }
}

function describeFirst(bytes: Uint8Array, options: InspectOptions): Finding {
  for (const describe of CANDIDATES) {
    try {
      return describe(bytes, options);
    } catch (thrown) {
      if (!(thrown instanceof ScepClientError)) throw thrown;
    }
  }
  throw unknown(
    'This is none of: pkiMessage, PKCS#10 request, certificate, CRL, certificate bundle, OCSP, challenge.',
    'Look at it with `openssl asn1parse -inform DER -in FILE`.',
  );
}

const unknown = (message: string, next: string): CliError =>
  new CliError(EXIT.failed, 'ERR_UNKNOWN_INPUT', message, next);
