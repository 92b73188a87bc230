/** @module Building PKCS#10 requests (RFC 2986), well-formed ones and the odd ones of real clients and attackers. */
import type { KeyObject } from 'node:crypto';
import {
  attribute,
  bitString,
  context,
  integer,
  sequence,
  sorted,
  string,
  type StringType,
} from './ber-writer.js';
import {
  encodeExtensions,
  extendedKeyUsageExtension,
  keyUsageExtension,
  subjectAltNameExtension,
  type Extension,
  type KeyUsage,
} from './extensions.js';
import type { GeneralName } from './general-names.js';
import { publicKeyDer } from './keys.js';
import { encodeName, type NameOptions } from './names.js';
import { OID } from './oids.js';
import { encodeSignatureAlgorithm, signBytes, type SignatureScheme } from './signatures.js';

export interface RequestedValidity {
  readonly period: 'Days' | 'Months' | 'Years';
  readonly units: number;
  /** Android puts each value under the other's name. */
  readonly swapped?: boolean;
  /** Puts both pairs into one attribute of two values, in place of two attributes. */
  readonly oneAttribute?: boolean;
}

/** One extensionRequest attribute beside the regular one. */
export interface ExtraExtensionRequest {
  readonly extensions: readonly Extension[];
  /** Which of the two OIDs names it. Default `pkcs9`. */
  readonly oid?: ExtensionRequestOid;
}

type ExtensionRequestOid = 'pkcs9' | 'microsoft';

export interface CsrOptions {
  readonly key: KeyObject;
  /** RFC 4514 text, or a Name in DER. */
  readonly subject: string | Uint8Array;
  readonly nameOptions?: NameOptions;
  readonly subjectAltNames?: readonly GeneralName[];
  readonly keyUsage?: readonly KeyUsage[];
  /** Object identifiers. */
  readonly extendedKeyUsage?: readonly string[];
  readonly challenge?: string;
  /** Default `printable`. */
  readonly challengeType?: StringType;
  readonly validity?: RequestedValidity;
  /** Added after the extensions above, as they are. */
  readonly extraExtensions?: readonly Extension[];
  /** Default `pkcs9`. */
  readonly extensionRequestOid?: ExtensionRequestOid;
  readonly extraExtensionRequests?: readonly ExtraExtensionRequest[];
  /** Whole Attribute encodings. */
  readonly extraAttributes?: readonly Uint8Array[];
  /** Default true; strongSwan leaves the attributes in the order in which it made them. */
  readonly sortAttributes?: boolean;
  /** Default SHA-256, PKCS#1 v1.5. */
  readonly scheme?: SignatureScheme;
  /** Signs with another key than the one asked for: a request without proof of possession. */
  readonly signWith?: KeyObject;
}

const EXTENSION_REQUEST_OIDS = {
  pkcs9: OID.extensionRequest,
  microsoft: OID.msExtensionRequest,
} as const satisfies Record<ExtensionRequestOid, string>;

/** A signed CertificationRequest, DER. @throws {ScepClientError} `ERR_CLIENT_INPUT` */
export function createCsr(options: CsrOptions): Uint8Array {
  const scheme = options.scheme ?? { digest: 'sha256', padding: 'pkcs1' };
  const attributes = csrAttributes(options);
  const info = sequence(
    integer(0),
    typeof options.subject === 'string' ? encodeName(options.subject, options.nameOptions) : options.subject,
    publicKeyDer(options.key),
    context(0, ...(options.sortAttributes === false ? attributes : sorted(attributes))),
  );
  const signature = signBytes(options.signWith ?? options.key, scheme, info);
  return sequence(info, encodeSignatureAlgorithm(scheme), bitString(signature));
}

function csrAttributes(options: CsrOptions): Uint8Array[] {
  const { extensionRequestOid = 'pkcs9', challengeType = 'printable' } = options;
  const requests: ExtraExtensionRequest[] = [
    { extensions: requestedExtensions(options), oid: extensionRequestOid },
    ...(options.extraExtensionRequests ?? []),
  ];
  return [
    ...requests
      .filter(({ extensions }) => extensions.length > 0)
      .map(({ extensions, oid = 'pkcs9' }) =>
        attribute(EXTENSION_REQUEST_OIDS[oid], encodeExtensions(extensions)),
      ),
    ...(options.challenge === undefined
      ? []
      : [attribute(OID.challengePassword, string(challengeType, options.challenge))]),
    ...(options.validity ? validityAttributes(options.validity) : []),
    ...(options.extraAttributes ?? []),
  ];
}

function requestedExtensions(options: CsrOptions): Extension[] {
  return [
    ...(options.keyUsage ? [keyUsageExtension(options.keyUsage)] : []),
    ...(options.extendedKeyUsage ? [extendedKeyUsageExtension(options.extendedKeyUsage)] : []),
    ...(options.subjectAltNames ? [subjectAltNameExtension(options.subjectAltNames)] : []),
    ...(options.extraExtensions ?? []),
  ];
}

/** Microsoft's enrolment name-value pairs: two BMPStrings each (1.3.6.1.4.1.311.13.2.1). */
function validityAttributes(validity: RequestedValidity): Uint8Array[] {
  const { period, units, swapped = false, oneAttribute = false } = validity;
  const [first, second] = swapped ? [String(units), period] : [period, String(units)];
  const pairs = [pair('ValidityPeriod', first), pair('ValidityPeriodUnits', second)];
  return oneAttribute
    ? [attribute(OID.msEnrollmentNameValuePair, ...sorted(pairs))]
    : pairs.map((value) => attribute(OID.msEnrollmentNameValuePair, value));
}

const pair = (name: string, value: string): Uint8Array => sequence(string('bmp', name), string('bmp', value));
