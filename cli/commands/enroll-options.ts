/** @module The options of `skep enroll`, parsed and checked before anything is sent. */
import { equalBytes } from '../../lib/base/bytes.js';
import { encodeGeneralNames } from '../../dev/scep-client/general-names.js';
import {
  encodeName,
  publicKeyDer,
  readCertificate,
  type Certificate,
  type CipherName,
  type DigestName,
  type GeneralName,
  type SignerIdentity,
} from '../../dev/scep-client/index.js';
import { parseKey, readFile } from '../files.js';
import { readInput } from '../inspect/read-input.js';
import { staticEndpoint } from '../ready-file.js';
import { usageError, type Terminal } from '../terminal.js';

/** As commander hands them over. */
export interface RawEnrollOptions {
  readonly url?: string;
  readonly static?: boolean;
  readonly challenge?: string;
  readonly challengeFile?: string;
  readonly subject?: string;
  readonly dns: readonly string[];
  readonly upn: readonly string[];
  readonly uri: readonly string[];
  readonly email: readonly string[];
  readonly ip: readonly string[];
  readonly keySize: string;
  readonly renew?: boolean;
  readonly cert?: string;
  readonly key?: string;
  readonly out: string;
  readonly get?: boolean;
  readonly digest?: DigestName;
  readonly cipher?: CipherName;
  readonly json?: boolean;
}

export interface EnrollSettings {
  readonly url: string;
  /** A secret; printed nowhere. */
  readonly challenge: string | undefined;
  /** RFC 4514 text, or the old certificate's Name. */
  readonly subject: string | Uint8Array;
  readonly subjectAltNames: readonly GeneralName[];
  readonly keySize: number;
  /** Present for a renewal. */
  readonly renewal: SignerIdentity | undefined;
  readonly out: string;
  readonly useGet: boolean;
  readonly digest: DigestName | undefined;
  readonly cipher: CipherName | undefined;
}

/** @throws {CliError} with exit code 2, naming the option. */
export function parseEnrollOptions(raw: RawEnrollOptions, terminal: Terminal): EnrollSettings {
  const renewal = parseRenewal(raw);
  const challenge = parseChallenge(raw, terminal);
  if (challenge === undefined && !renewal) {
    throw usageError(
      'A challenge is missing.',
      'Give --challenge TEXT or --challenge-file FILE, or set SKEP_CHALLENGE, which keeps it out of the shell’s history.',
    );
  }
  const subject = raw.subject ?? renewal?.certificate.subjectDer;
  if (subject === undefined) throw usageError('A subject is missing.', 'Give --subject "CN=<name>".');
  if (typeof subject === 'string' && !subject.includes('='))
    throw usageError(
      `--subject ${subject} is no distinguished name.`,
      `Write it as --subject "CN=${subject}".`,
    );
  const asked = (['dns', 'upn', 'uri', 'email', 'ip'] as const).flatMap((type) =>
    raw[type].map((value) => ({ type, value })),
  );
  // Encoded here only to refuse what cannot be encoded before anything is sent.
  if (typeof subject === 'string') encodeName(subject);
  encodeGeneralNames(asked);
  return {
    url: parseUrl(raw, terminal),
    challenge,
    subject,
    subjectAltNames: asked.length > 0 || !renewal ? asked : namesOf(renewal.certificate),
    keySize: parseKeySize(raw.keySize),
    renewal,
    out: raw.out,
    useGet: raw.get ?? false,
    digest: raw.digest,
    cipher: raw.cipher,
  };
}

function parseUrl(raw: RawEnrollOptions, terminal: Terminal): string {
  if (raw.static) {
    if (raw.url !== undefined)
      throw usageError('--url and --static exclude each other.', 'Leave one of them out.');
    return staticEndpoint(terminal);
  }
  if (raw.url === undefined) {
    throw usageError('The server is missing.', 'Give --url URL, or --static for the local cloud.');
  }
  if (!URL.canParse(raw.url) || !/^https?:$/.test(new URL(raw.url).protocol)) {
    throw usageError(`--url is not a URL: ${raw.url}`, 'It looks like https://host/certsrv/mscep/mscep.dll.');
  }
  return raw.url;
}

function parseChallenge(raw: RawEnrollOptions, { env }: Terminal): string | undefined {
  if (raw.challenge !== undefined && raw.challengeFile !== undefined) {
    throw usageError('--challenge and --challenge-file exclude each other.', 'Leave one of them out.');
  }
  if (raw.challengeFile !== undefined)
    return readFile(raw.challengeFile, '--challenge-file').toString().trim();
  return raw.challenge ?? env['SKEP_CHALLENGE'] ?? (raw.static ? env['SKEP_STATIC_CHALLENGE'] : undefined);
}

function parseKeySize(text: string): number {
  const bits = Number(text);
  if (![2048, 3072, 4096].includes(bits)) {
    throw usageError(`--key-size ${text} is not possible.`, 'Use 2048, 3072 or 4096.');
  }
  return bits;
}

function parseRenewal(raw: RawEnrollOptions): SignerIdentity | undefined {
  if (!raw.renew) {
    if (raw.cert === undefined && raw.key === undefined) return undefined;
    throw usageError('--cert and --key belong to --renew.', 'Add --renew, or leave them out for a new key.');
  }
  if (raw.cert === undefined || raw.key === undefined) {
    throw usageError('--renew needs the old certificate and its key.', 'Give --cert FILE and --key FILE.');
  }
  const certificate = parseCertificate(raw.cert);
  const key = parseKey(raw.key, '--key');
  if (!equalBytes(publicKeyDer(key), certificate.spki)) {
    throw usageError('The key does not belong to the certificate.', 'Give the pair that was saved together.');
  }
  return { key, certificate };
}

function parseCertificate(file: string): Certificate {
  const [block] = readInput(readFile(file, '--cert'));
  try {
    return readCertificate(block?.bytes ?? new Uint8Array());
  } catch {
    throw usageError(`${file} is not a certificate.`, 'Give a PEM or DER file with one certificate.');
  }
}

/** A renewal asks for what the old certificate has, unless told otherwise. */
const namesOf = ({ subjectAltNames }: Certificate): GeneralName[] =>
  subjectAltNames.flatMap(({ type, value }) =>
    type === 'directory' || type === 'other' ? [] : [{ type, value }],
  );
