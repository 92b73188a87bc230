/** @module What an endpoint issues: a value that was checked once and never changes. */
import { SkepError } from '../base/errors.js';
import type { KeyUsage } from '../pki/extensions.js';
import type { GeneralNameKind } from '../pki/general-names.js';
import { NAME_ATTRIBUTES } from '../pki/name.js';
import { OID } from '../pki/oids.js';
import { FORBIDDEN_PURPOSES, PURPOSES, type Purpose } from './purposes.js';

/** The bits that a device may have; the first for signing in, the second for RSA key transport. */
export type LeafKeyUsage = Extract<KeyUsage, 'digitalSignature' | 'keyEncipherment'>;

/** The kinds of alternative names that a rule exists for. */
export type LeafNameKind = Exclude<GeneralNameKind, 'other'>;

export interface IssuanceUrls {
  readonly ocsp: readonly string[];
  readonly caIssuers: readonly string[];
  readonly crl: readonly string[];
}

export interface IssuanceProfile {
  readonly name: string;
  readonly maxValidityDays: number;
  readonly defaultValidityDays: number;
  readonly backdateMinutes: number;
  readonly jitterPercent: number;
  readonly rsaBits: { readonly min: number; readonly max: number };
  /** Dotted OIDs of the attribute types that a subject may hold. */
  readonly subjectAttributes: ReadonlySet<string>;
  readonly subjectAltNames: ReadonlySet<LeafNameKind>;
  /** Lower case, without leading or trailing dots. */
  readonly protectedDomains: readonly string[];
  readonly allowSidUri: boolean;
  readonly keyUsage: readonly LeafKeyUsage[];
  /** Dotted OIDs. */
  readonly extendedKeyUsage: ReadonlySet<string>;
  /** Dotted OIDs, one or more, all of them in `extendedKeyUsage`. */
  readonly defaultExtendedKeyUsage: readonly string[];
  readonly urls: IssuanceUrls;
}

export interface ProfileConfig {
  /** For logs and messages. */
  readonly name: string;
  /** The longest life of a certificate, counted from now. 1 to 3650, default 365. */
  readonly maxValidityDays?: number;
  /** Its life when the request asks for none. Default `maxValidityDays`. */
  readonly defaultValidityDays?: number;
  /**
   * How far before now it starts, for devices whose clocks are slow during setup. 0 to 10080, default 1440.
   * It does not shorten the life counted from now.
   */
  readonly backdateMinutes?: number;
  /** The end is brought forward by up to this share of the life, so that renewals spread. 0 to 50, default 0. */
  readonly jitterPercent?: number;
  /** Size of the RSA modulus. 2048 to 8192, default 2048 to 4096. */
  readonly rsaBits?: { readonly min?: number; readonly max?: number };
  /** Short names (`CN`, `OU`) or dotted OIDs. Default: the attributes that have a short name. */
  readonly subjectAttributes?: readonly string[];
  /** Default: dns, email, uri, ip, upn. */
  readonly subjectAltNames?: readonly LeafNameKind[];
  /**
   * Domains whose names a device must not get, since it reports its own name: DNS names and common names that are
   * one of these or lie below one are refused. Default none.
   */
  readonly protectedDomains?: readonly string[];
  /** Whether a URI name may carry a Windows security identifier (strong mapping). Default false. */
  readonly allowSidUri?: boolean;
  /** What a certificate gets when the request asks for none, and the most that it can ask for. Default both. */
  readonly keyUsage?: readonly LeafKeyUsage[];
  /** Names (`clientAuth`) or dotted OIDs that a request may ask for. Default all named ones but smartCardLogon. */
  readonly extendedKeyUsage?: readonly string[];
  /** What a certificate gets when the request asks for none. Default clientAuth, or the first of the list above. */
  readonly defaultExtendedKeyUsage?: readonly string[];
  /** http or https; where OCSP, the CA certificate and the CRL are found. Default none. */
  readonly urls?: Partial<IssuanceUrls>;
}

const LEAF_KEY_USAGES = ['digitalSignature', 'keyEncipherment'] as const satisfies readonly LeafKeyUsage[];
const LEAF_NAME_KINDS = ['dns', 'email', 'uri', 'ip', 'upn'] as const satisfies readonly LeafNameKind[];
const DEFAULT_PURPOSES = [
  'clientAuth',
  'serverAuth',
  'emailProtection',
  'ipsecIKE',
  'eapOverLAN',
] as const satisfies readonly Purpose[];

const OID_PATTERN = /^[0-2](?:\.(?:0|[1-9]\d*)){2,}$/;
const DOMAIN_PATTERN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

const ATTRIBUTE_OIDS: ReadonlyMap<string, string> = new Map(
  Object.entries(NAME_ATTRIBUTES).map(([type, name]) => [name, type]),
);

/**
 * Makes a profile, or refuses with everything that is wrong with it.
 * @throws {SkepError} `ERR_CONFIG`; the detail names the profile and each setting.
 */
export function createProfile(config: ProfileConfig): IssuanceProfile {
  const problems: string[] = [];
  const problem = (text: string): void => void problems.push(text);

  const within = (setting: string, value: number, min: number, max: number): number => {
    if (!Number.isInteger(value) || value < min || value > max)
      problem(`${setting} must be a whole number from ${min} to ${max}`);
    return value;
  };
  const oneOf = <T extends string>(
    setting: string,
    values: readonly T[],
    known: readonly T[],
  ): readonly T[] => {
    if (values.length === 0) problem(`${setting} is empty`);
    for (const value of values) if (!known.includes(value)) problem(`${setting} cannot hold ${value}`);
    return Object.freeze([...new Set(values)]);
  };
  const oids = (setting: string, values: readonly string[], names: ReadonlyMap<string, string>): string[] => {
    if (values.length === 0) problem(`${setting} is empty`);
    return values.map((value) => {
      const dotted = names.get(value) ?? value;
      if (!OID_PATTERN.test(dotted)) problem(`${setting}: ${value} is neither a known name nor an OID`);
      return dotted;
    });
  };
  const webUrls = (setting: string, values: readonly string[] = []): readonly string[] => {
    for (const value of values) {
      if (!isWebUrl(value)) problem(`${setting}: ${value} is not an http or https URL`);
    }
    return Object.freeze([...values]);
  };

  const maxValidityDays = within('maxValidityDays', config.maxValidityDays ?? 365, 1, 3650);
  const minBits = within('rsaBits.min', config.rsaBits?.min ?? 2048, 2048, 8192);
  const maxBits = within('rsaBits.max', config.rsaBits?.max ?? Math.max(4096, minBits), 2048, 8192);
  if (minBits > maxBits) problem('rsaBits.min is above rsaBits.max');

  const purposeNames = new Map<string, string>(Object.entries(PURPOSES));
  const allowed = oids('extendedKeyUsage', config.extendedKeyUsage ?? DEFAULT_PURPOSES, purposeNames);
  const defaults = oids(
    'defaultExtendedKeyUsage',
    config.defaultExtendedKeyUsage ?? [
      allowed.includes(OID.clientAuth) ? OID.clientAuth : (allowed[0] ?? ''),
    ],
    purposeNames,
  );
  for (const purpose of new Set([...allowed, ...defaults])) {
    const name = FORBIDDEN_PURPOSES.get(purpose);
    if (name) problem(`extendedKeyUsage: ${name} is never issued to a device`);
  }
  for (const purpose of defaults) {
    if (!allowed.includes(purpose)) problem(`defaultExtendedKeyUsage: ${purpose} is not in extendedKeyUsage`);
  }

  const protectedDomains = (config.protectedDomains ?? []).map((domain) => {
    const bare = domain
      .trim()
      .toLowerCase()
      .replace(/^\*?\.|\.$/g, '');
    if (!DOMAIN_PATTERN.test(bare)) problem(`protectedDomains: ${domain} is not a domain`);
    return bare;
  });

  if (config.name.trim() === '') problem('name is empty');
  const profile: IssuanceProfile = {
    name: config.name,
    maxValidityDays,
    defaultValidityDays: within(
      'defaultValidityDays',
      config.defaultValidityDays ?? maxValidityDays,
      1,
      Math.max(1, maxValidityDays),
    ),
    backdateMinutes: within('backdateMinutes', config.backdateMinutes ?? 1440, 0, 10_080),
    jitterPercent: within('jitterPercent', config.jitterPercent ?? 0, 0, 50),
    rsaBits: Object.freeze({ min: minBits, max: maxBits }),
    subjectAttributes: new Set(
      oids('subjectAttributes', config.subjectAttributes ?? [...ATTRIBUTE_OIDS.keys()], ATTRIBUTE_OIDS),
    ),
    subjectAltNames: new Set(
      oneOf('subjectAltNames', config.subjectAltNames ?? LEAF_NAME_KINDS, LEAF_NAME_KINDS),
    ),
    protectedDomains: Object.freeze(protectedDomains),
    allowSidUri: config.allowSidUri ?? false,
    keyUsage: oneOf('keyUsage', config.keyUsage ?? LEAF_KEY_USAGES, LEAF_KEY_USAGES),
    extendedKeyUsage: new Set(allowed),
    defaultExtendedKeyUsage: Object.freeze([...new Set(defaults)]),
    urls: Object.freeze({
      ocsp: webUrls('urls.ocsp', config.urls?.ocsp),
      caIssuers: webUrls('urls.caIssuers', config.urls?.caIssuers),
      crl: webUrls('urls.crl', config.urls?.crl),
    }),
  };
  if (problems.length > 0) {
    throw new SkepError('ERR_CONFIG', { detail: `profile ${config.name}: ${problems.join('; ')}` });
  }
  return Object.freeze(profile);
}

/** Whether it can stand in a certificate as it is: absolute, web, ASCII, with nothing that a URL would escape. */
export function isWebUrl(text: string): boolean {
  return /^https?:\/\/[a-z0-9[]/i.test(text) && /^[\x21-\x7e]+$/.test(text) && URL.canParse(text);
}
