/** @module A second reader of PKCS#10: what Intune sees in a request, from every attribute that holds extensions. */
import * as asn1js from 'asn1js';
import { createHash } from 'node:crypto';
import * as pkijs from 'pkijs';
import { toHex } from '../../../lib/base/bytes.js';
import type { NameAttribute } from '../model.js';

const CHALLENGE_PASSWORD = '1.2.840.113549.1.9.7';
const EXTENSION_REQUESTS: ReadonlySet<string> = new Set(['1.2.840.113549.1.9.14', '1.3.6.1.4.1.311.2.1.14']);
const KEY_USAGE = '2.5.29.15';
const ALTERNATIVE_NAME = '2.5.29.17';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const USER_PRINCIPAL_NAME = '1.3.6.1.4.1.311.20.2.3';

/** An alternative name as found; `type` is a word of the model or, for a kind that no profile has, its tag number. */
interface RequestedName {
  readonly type: string;
  readonly value: string;
}

export interface ParsedRequest {
  /** Values of all challengePassword attributes. */
  readonly challengePasswords: readonly string[];
  readonly subject: readonly (readonly NameAttribute[])[];
  /** Undefined where there is no such extension. */
  readonly alternativeNames: readonly RequestedName[] | undefined;
  readonly keyUsage: number | undefined;
  readonly extendedKeyUsages: readonly string[] | undefined;
  /** Bits of the RSA modulus; undefined for another kind of key. */
  readonly rsaBits: number | undefined;
  /** Upper-case hex SHA-256 of the SubjectPublicKeyInfo. */
  readonly keyId: string;
  readonly verifySignature: () => Promise<boolean>;
}

/**
 * @param firstAttributeOnly ignores all but the first extensionRequest attribute.
 * @returns undefined when the bytes are not one DER PKCS#10.
 */
export function parseRequest(der: Uint8Array, firstAttributeOnly: boolean): ParsedRequest | undefined {
  try {
    return readRequest(der, firstAttributeOnly);
  } catch {
    return undefined;
  }
}

function readRequest(der: Uint8Array, firstAttributeOnly: boolean): ParsedRequest | undefined {
  const parsed = asn1js.fromBER(der);
  if (parsed.offset !== der.length) return undefined;
  const csr = new pkijs.CertificationRequest({ schema: parsed.result });
  const attributes = csr.attributes ?? [];
  const requests = attributes.filter(({ type }) => EXTENSION_REQUESTS.has(type));
  const extensions = (firstAttributeOnly ? requests.slice(0, 1) : requests).flatMap(readExtensions);
  const publicKey = new Uint8Array(csr.subjectPublicKeyInfo.toSchema().toBER());
  return {
    challengePasswords: attributes
      .filter(({ type }) => type === CHALLENGE_PASSWORD)
      .flatMap(({ values }) => (values as asn1js.BaseBlock[]).map(readText)),
    subject: readSubject(csr.subject),
    alternativeNames: merge(extensions, ALTERNATIVE_NAME, readAlternativeNames),
    keyUsage: merge(extensions, KEY_USAGE, (value) => [readKeyUsage(value)])?.reduce((a, b) => a | b, 0),
    extendedKeyUsages: merge(
      extensions,
      EXTENDED_KEY_USAGE,
      (value) => pkijs.ExtKeyUsage.fromBER(value).keyPurposes,
    ),
    rsaBits: readRsaBits(csr.subjectPublicKeyInfo),
    keyId: toHex(createHash('sha256').update(publicKey).digest()),
    verifySignature: () => csr.verify().catch(() => false),
  };
}

function readExtensions(attribute: pkijs.Attribute): pkijs.Extension[] {
  return (attribute.values as unknown[]).flatMap(
    (value) => new pkijs.Extensions({ schema: value }).extensions,
  );
}

/** The union over all extensions with this OID; undefined when there is none. */
function merge<T>(
  extensions: readonly pkijs.Extension[],
  oid: string,
  read: (value: ArrayBuffer) => readonly T[],
): readonly T[] | undefined {
  const found = extensions.filter(({ extnID }) => extnID === oid);
  if (found.length === 0) return undefined;
  return found.flatMap(({ extnValue }) => read(extnValue.getValue()));
}

/** PrintableString, UTF8String, IA5String, TeletexString, BMPString alike. */
function readText(value: asn1js.BaseBlock): string {
  if (value instanceof asn1js.BaseStringBlock) return value.getValue();
  throw new TypeError('not a string');
}

function readSubject(name: pkijs.RelativeDistinguishedNames): NameAttribute[][] {
  // pkijs flattens the RDNs; the schema it was read from still has their borders.
  return listChildren(asn1js.fromBER(name.valueBeforeDecode).result).map((set) =>
    listChildren(set).map((pair) => {
      const { type, value } = new pkijs.AttributeTypeAndValue({ schema: pair });
      return { type, value: readText(value) };
    }),
  );
}

function readAlternativeNames(value: ArrayBuffer): RequestedName[] {
  return pkijs.GeneralNames.fromBER(value).names.map(readGeneralName);
}

const TEXT_NAMES: Readonly<Record<number, string>> = { 1: 'rfc822', 2: 'dns', 6: 'uri' };

function readGeneralName(name: pkijs.GeneralName): RequestedName {
  const text = TEXT_NAMES[name.type];
  if (text) return { type: text, value: String(name.value) };
  if (name.type === 7)
    return { type: 'ip', value: readAddress((name.value as asn1js.OctetString).getValue()) };
  // pkijs keeps an otherName with its tag, and would add a second one when it writes it.
  const whole = (name.type === 0 ? name.value : name.toSchema()) as asn1js.BaseBlock;
  return (
    (name.type === 0 ? readPrincipalName(whole) : undefined) ?? {
      type: String(name.type),
      value: toHex(new Uint8Array(whole.toBER())),
    }
  );
}

/** IPv4 in dotted form, anything else as hex. */
function readAddress(bytes: ArrayBuffer): string {
  const octets = new Uint8Array(bytes);
  return octets.length === 4 ? octets.join('.') : toHex(octets);
}

function listChildren(block: unknown): asn1js.BaseBlock[] {
  // SEQUENCE and SET are constructed blocks too.
  if (block instanceof asn1js.Constructed) return block.valueBlock.value;
  throw new TypeError('not a constructed element');
}

/** otherName of the Microsoft user principal name: [0] { OID, [0] UTF8String }. */
function readPrincipalName(otherName: asn1js.BaseBlock): RequestedName | undefined {
  const [oid, wrapper] = listChildren(otherName);
  if (!(oid instanceof asn1js.ObjectIdentifier) || oid.getValue() !== USER_PRINCIPAL_NAME) return undefined;
  const [text] = listChildren(wrapper);
  return text ? { type: 'upn', value: readText(text) } : undefined;
}

/** The bit mask of the CSP: digitalSignature 0x80 … decipherOnly 0x8000. */
function readKeyUsage(value: ArrayBuffer): number {
  const bits = asn1js.fromBER(value).result;
  if (!(bits instanceof asn1js.BitString)) throw new TypeError('keyUsage is not a BIT STRING');
  const [first = 0, second = 0] = bits.valueBlock.valueHexView;
  return first | (second << 8);
}

function readRsaBits(info: pkijs.PublicKeyInfo): number | undefined {
  if (!(info.parsedKey instanceof pkijs.RSAPublicKey)) return undefined;
  const hex = toHex(info.parsedKey.modulus.valueBlock.valueHexView).replace(/^0+/, '');
  return hex === '' ? 0 : BigInt(`0x${hex}`).toString(2).length;
}
