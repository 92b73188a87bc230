/** @module Where our readers and others part, and why. What is not in this table is a finding. */
import type { Verdict } from './target.js';

export interface Difference {
  readonly targets: readonly string[];
  readonly references: readonly string[];
  /** Who takes what the other one refuses. */
  readonly accepts: 'we' | 'they';
  /** What whoever refuses says; the row applies to nothing else. */
  readonly reason: RegExp;
  readonly what: string;
  readonly why: string;
}

/** Read as DER, because what is read goes into a decision or into a certificate. */
const STRICT = ['certificate', 'csr', 'ocsp'];
/** Read as BER, because real clients send it. */
const LAX = ['der', 'pki-message', 'envelope'];
const ALL = [...STRICT, ...LAX];
const OTHERS = ['asn1js', 'pkijs', 'openssl'];

/** What asn1js says of values that it does not like; it opens every one. */
const VALUES =
  /Constructed encoding used for primitive type|Wrong input string for conversion|Maximum ASN\.1 (content length|nesting depth) exceeded|may consists of (OCTET|BIT) STRINGs only|End of input reached before message was fully decoded|reserved by (ASN\.1 )?standard|is reserved|Unused bits for BitString|Zero buffer length|Too big integer|inputLength less than zero|Offset is outside the bounds of the DataView|Indefinite length form used for primitive|undefined is not iterable|byte length of Uint(16|32)Array should be a multiple/;

const SCHEMA = /schema was not verified|Unknown Content|Incorrect|another content type/;

/** What openssl says of types that are not those of the structure. */
const TYPES =
  /wrong tag|sequence (not constructed|length mismatch)|nested asn1 error|unsupported|too long|header too long|bad object header|type not primitive|illegal|invalid|expecting|no such|unexpected eoc|missing eoc|not enough data|too deep|nested too|field missing|string too/;

export const DIFFERENCES: readonly Difference[] = [
  {
    targets: STRICT,
    references: OTHERS,
    accepts: 'they',
    reason:
      /(length|integer|object identifier|boolean) not minimal|indefinite length|constructed octet string|not constructed/,
    what: 'BER in a request, a certificate or an OCSP request',
    why: 'These structures are DER by their standards, and two encodings of one value would be two readings of one request.',
  },
  {
    targets: ALL,
    references: OTHERS,
    accepts: 'they',
    reason: /truncated|trailing octets|unexpected element|element missing/,
    what: 'lengths that contradict each other, fields that are missing or too many',
    why: 'asn1js lets an element run over the one around it and pkijs passes over what its schema does not name; we read to the last octet.',
  },
  {
    targets: ALL,
    references: OTHERS,
    accepts: 'they',
    reason:
      /high tag number|length of more than four octets|nest too deeply|constructed octet string|too many elements|object identifier (length|arc)|(name|request|challenge)? too long|too many extensions/,
    what: 'tag numbers above 30, lengths above 4 GiB, and more of something than our bounds allow',
    why: 'No structure of SCEP, PKCS#10, X.509 or OCSP has them in practice; bounds keep a stranger from making us work.',
  },
  {
    targets: ALL,
    references: OTHERS,
    accepts: 'they',
    reason:
      /: (OCSP request: )?(tag [0-9a-f]+ (where [0-9a-f]+ belongs|is no text)|time|not UTF-8|not ASCII|odd BMPString|empty integer|negative integer|integer out of range|bit string|not an octet string|segment is no octet string|object identifier (not minimal|truncated)|SubjectPublicKeyInfo|RSAPublicKey|request is no SEQUENCE|parameters of an algorithm)/,
    what: 'values that are not what their place in the structure says',
    why: 'We read every value that decides something when the structure is read; the others keep it as octets until somebody asks.',
  },
  {
    targets: ['csr'],
    references: OTHERS,
    accepts: 'they',
    reason:
      /^ERR_(CSR_AMBIGUOUS|KEY_ALGORITHM|KEY_SIZE|KEY_WEAK|EXTENSION|SUBJECT|SAN|KEY_USAGE|EXTENDED_KEY_USAGE)|without a value|signature algorithm|^ERR_CSR_MALFORMED: (version|extension [\d.]+$)/,
    what: 'requests that say something twice, or ask for what the policy does not give',
    why: 'Here “accepted” means that a certificate would be made of it; the others only read the structure.',
  },
  {
    targets: ['ocsp'],
    references: OTHERS,
    accepts: 'they',
    reason: /OCSP request: (nonce length|two nonces|critical extension|no certificate|version)/,
    what: 'OCSP requests with nonces of more than 128 octets, critical extensions, no certificate, another version',
    why: 'RFC 9654 section 2.1 and RFC 6960 sections 4.1 and 4.4; the others leave it to whoever answers.',
  },
  {
    targets: ['envelope'],
    references: OTHERS,
    accepts: 'they',
    reason: /^ERR_SCEP_(ALGORITHM|BAD_MESSAGE)/,
    what: 'envelopes around something else than data, or with a cipher, an IV or a length that is not SCEP’s',
    why: 'RFC 8894 section 3.2.2 and the ciphers of section 2.9; the others read what they could not decrypt.',
  },
  {
    targets: [...LAX, 'certificate', 'csr'],
    references: ['asn1js', 'pkijs'],
    accepts: 'we',
    reason: VALUES,
    what: 'odd values where we do not look',
    why: 'asn1js opens every element; we open those that decide something. Unknown attributes and extensions are nobody’s business, and a signer’s certificate gives its name, its serial number and its key.',
  },
  {
    targets: ['pki-message', 'envelope', 'certificate'],
    references: ['pkijs', 'openssl'],
    accepts: 'we',
    reason: new RegExp(`${SCHEMA.source}|${TYPES.source}`),
    what: 'odd types in parts that decide nothing: digest algorithms beside the signer’s, versions, other people’s certificates and names',
    why: 'They are neither used nor passed on. What is used (the signer’s certificate, its key, digest, signature, attributes) is read strictly when it is.',
  },
  {
    targets: ['der'],
    references: ['openssl'],
    accepts: 'we',
    reason: TYPES,
    what: 'values that openssl asn1parse opens',
    why: 'As with asn1js: it looks into values that we would open only in their place.',
  },
  {
    targets: LAX,
    references: ['openssl'],
    accepts: 'they',
    reason: /./,
    what: 'openssl reads the layers and stops',
    why: 'asn1parse and cms -cmsout neither check bounds nor what SCEP demands of the parts.',
  },
];

export function findDifference(
  target: string,
  reference: string,
  ours: Verdict,
  theirs: Verdict,
): Difference | undefined {
  const accepts = ours.accepted ? 'we' : 'they';
  const reason = ours.accepted ? theirs.reason : ours.reason;
  return DIFFERENCES.find(
    (row) =>
      row.targets.includes(target) &&
      row.references.includes(reference) &&
      row.accepts === accepts &&
      row.reason.test(reason),
  );
}
