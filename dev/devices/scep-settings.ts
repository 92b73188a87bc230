/** @module The SCEP settings that an MDM server leaves on Windows: the ClientCertificateInstall nodes, parsed. */
import {
  ScepClientError,
  type Capabilities,
  type DigestName,
  type GeneralName,
  type KeyUsage,
  type RequestedValidity,
} from '../scep-client/index.js';
import { KEY_PROTECTION, type KeyWish } from './key-providers.js';

/** The leaves below `{UniqueID}/Install`, by their names. Those that Windows needs for RSA keys. */
export interface ScepNodes {
  /** One or more URLs, joined by `;`. */
  readonly ServerURL: string;
  /** Base64 text; deleted once the attempts are over. */
  readonly Challenge: string;
  /** Object identifiers joined by `+`. */
  readonly EKUMapping: string;
  /** Decimal bit mask; 160 is digitalSignature and keyEncipherment. */
  readonly KeyUsage: number;
  /** CertStrToName text. */
  readonly SubjectName: string;
  /** `type+value` pairs joined by `;`. */
  readonly SubjectAlternativeNames?: string;
  /** 1024, 2048 or 4096. */
  readonly KeyLength: number;
  /** Families joined by `+`: SHA-1, SHA-2, SHA-3. */
  readonly HashAlgorithm: string;
  /** SHA-1 in hex of the CA certificate. */
  readonly CAThumbprint: string;
  /** Default `Days`. */
  readonly ValidPeriod?: string;
  /** Default 0: nothing is asked. */
  readonly ValidPeriodUnits?: number;
  /** While the server says PENDING: default 3, at most 30. */
  readonly RetryCount?: number;
  /** Minutes: default 5, at least 1. */
  readonly RetryDelay?: number;
  /** See {@link KEY_PROTECTION}; default 3, software. */
  readonly KeyProtection?: number;
  /** Identifiers of registered keys, joined by `;`. */
  readonly AADKeyIdentifierList?: string;
}

export interface ScepSettings extends KeyWish {
  readonly serverUrls: readonly string[];
  /** Empty: the request carries none. */
  readonly challenge: string;
  readonly extendedKeyUsage: readonly string[];
  readonly keyUsage: readonly KeyUsage[];
  readonly subjectName: string;
  readonly subjectAltNames: readonly GeneralName[];
  readonly hashFamilies: readonly string[];
  readonly caThumbprint: string;
  readonly validity: RequestedValidity | undefined;
  readonly retryCount: number;
  readonly retryDelayMinutes: number;
}

/** CERT_*_KEY_USAGE masks (wincrypt.h): the first octet of the KeyUsage bit string. */
const KEY_USAGE_MASKS = {
  digitalSignature: 0x80,
  nonRepudiation: 0x40,
  keyEncipherment: 0x20,
  dataEncipherment: 0x10,
  keyAgreement: 0x08,
  keyCertSign: 0x04,
  cRLSign: 0x02,
} as const satisfies Partial<Record<KeyUsage, number>>;

/** Numbers of AlternativeNameType (certenroll.h). */
const NAME_TYPES: Readonly<Record<string, Exclude<GeneralName['type'], 'raw'>>> = {
  2: 'email',
  3: 'dns',
  7: 'uri',
  8: 'ip',
  11: 'upn',
};

const PERIODS = ['Days', 'Months', 'Years'] as const;

/** @throws {ScepClientError} `ERR_CLIENT_INPUT` naming the node; Windows refuses such a set as well. */
export function parseScepNodes(nodes: ScepNodes): ScepSettings {
  const keyUsage = (Object.keys(KEY_USAGE_MASKS) as (keyof typeof KEY_USAGE_MASKS)[]).filter(
    (usage) => (nodes.KeyUsage & KEY_USAGE_MASKS[usage]) !== 0,
  );
  if (!keyUsage.includes('digitalSignature') && !keyUsage.includes('keyEncipherment'))
    throw fault('KeyUsage');
  if (![1024, 2048, 4096].includes(nodes.KeyLength)) throw fault('KeyLength');
  if (nodes.Challenge === '') throw fault('Challenge');
  return {
    serverUrls: list(nodes.ServerURL, ';', 'ServerURL'),
    challenge: nodes.Challenge,
    extendedKeyUsage: list(nodes.EKUMapping, '+', 'EKUMapping'),
    keyUsage,
    subjectName: nodes.SubjectName,
    subjectAltNames: parseSubjectAltNames(nodes.SubjectAlternativeNames ?? ''),
    keyLength: nodes.KeyLength,
    keyProtection: nodes.KeyProtection ?? KEY_PROTECTION.software,
    keyIdentifiers: split(nodes.AADKeyIdentifierList ?? '', ';'),
    hashFamilies: list(nodes.HashAlgorithm, '+', 'HashAlgorithm'),
    caThumbprint: nodes.CAThumbprint,
    validity: parseValidity(nodes),
    retryCount: Math.min(nodes.RetryCount ?? 3, 30),
    retryDelayMinutes: Math.max(nodes.RetryDelay ?? 5, 1),
  };
}

const fault = (node: string): ScepClientError => new ScepClientError('ERR_CLIENT_INPUT', `node ${node}`);

const split = (text: string, separator: string): string[] =>
  text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');

function list(text: string, separator: string, node: string): string[] {
  const parts = split(text, separator);
  if (parts.length === 0) throw fault(node);
  return parts;
}

function parseSubjectAltNames(text: string): GeneralName[] {
  return text
    .split(';')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const at = entry.indexOf('+');
      const type = NAME_TYPES[entry.slice(0, at)];
      if (at < 0 || !type) throw fault('SubjectAlternativeNames');
      return { type, value: entry.slice(at + 1) };
    });
}

function parseValidity({
  ValidPeriod = 'Days',
  ValidPeriodUnits = 0,
}: ScepNodes): RequestedValidity | undefined {
  const period = PERIODS.find((known) => known === ValidPeriod);
  if (!period) throw fault('ValidPeriod');
  return ValidPeriodUnits > 0 ? { period, units: ValidPeriodUnits } : undefined;
}

/** SHA-2 where profile and server both know it, else SHA-1. */
export function chooseWindowsDigest(families: readonly string[], capabilities: Capabilities): DigestName {
  if (!families.includes('SHA-2')) return 'sha1';
  if (capabilities.has('SHA-256') || capabilities.has('SCEPStandard')) return 'sha256';
  return capabilities.has('SHA-512') ? 'sha512' : 'sha1';
}
