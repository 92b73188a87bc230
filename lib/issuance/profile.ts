/** @module What an endpoint issues: a value that was checked once and never changes. */
import { SkepError } from '../base/errors.js';
import type { KeyUsage } from '../pki/extensions.js';
import type { GeneralNameKind } from '../pki/general-names.js';
import { NAME_ATTRIBUTES } from '../pki/name.js';
import { OID } from '../pki/oids.js';
import { createProfileChecks, type ProfileChecks } from './profile-checks.js';
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
  readonly addSidExtension: boolean;
  readonly requireIdentity: boolean;
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
  /**
   * Whether a certificate carries the Windows security identifier that the directory has for its holder. It needs an
   * identity check at the endpoint. Default false.
   */
  readonly addSidExtension?: boolean;
  /**
   * Whether a certificate must name a device id or a user principal name, as revocation by the directory needs it.
   * Default false.
   */
  readonly requireIdentity?: boolean;
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

const ATTRIBUTE_OIDS: ReadonlyMap<string, string> = new Map(
  Object.entries(NAME_ATTRIBUTES).map(([type, name]) => [name, type]),
);
const PURPOSE_OIDS: ReadonlyMap<string, string> = new Map(Object.entries(PURPOSES));

/**
 * Makes a profile, or refuses with everything that is wrong with it.
 * @throws {SkepError} `ERR_CONFIG`; the detail names the profile and each setting.
 */
export function createProfile(config: ProfileConfig): IssuanceProfile {
  const check = createProfileChecks();
  if (config.name.trim() === '') check.problem('name is empty');
  const maxValidityDays = check.within('maxValidityDays', config.maxValidityDays ?? 365, 1, 3650);
  const profile: IssuanceProfile = {
    name: config.name,
    maxValidityDays,
    defaultValidityDays: check.within(
      'defaultValidityDays',
      config.defaultValidityDays ?? maxValidityDays,
      1,
      maxValidityDays,
    ),
    backdateMinutes: check.within('backdateMinutes', config.backdateMinutes ?? 1440, 0, 10_080),
    jitterPercent: check.within('jitterPercent', config.jitterPercent ?? 0, 0, 50),
    rsaBits: readRsaBits(config, check),
    subjectAttributes: new Set(
      check.oids('subjectAttributes', config.subjectAttributes ?? [...ATTRIBUTE_OIDS.keys()], ATTRIBUTE_OIDS),
    ),
    subjectAltNames: new Set(
      check.oneOf('subjectAltNames', config.subjectAltNames ?? LEAF_NAME_KINDS, LEAF_NAME_KINDS),
    ),
    protectedDomains: check.domains('protectedDomains', config.protectedDomains ?? []),
    allowSidUri: config.allowSidUri ?? false,
    addSidExtension: config.addSidExtension ?? false,
    requireIdentity: config.requireIdentity ?? false,
    keyUsage: check.oneOf('keyUsage', config.keyUsage ?? LEAF_KEY_USAGES, LEAF_KEY_USAGES),
    ...readPurposes(config, check),
    urls: Object.freeze({
      ocsp: check.webUrls('urls.ocsp', config.urls?.ocsp ?? []),
      caIssuers: check.webUrls('urls.caIssuers', config.urls?.caIssuers ?? []),
      crl: check.webUrls('urls.crl', config.urls?.crl ?? []),
    }),
  };
  const problems = check.problems();
  if (problems.length > 0) {
    throw new SkepError('ERR_CONFIG', { detail: `profile ${config.name}: ${problems.join('; ')}` });
  }
  return Object.freeze(profile);
}

function readRsaBits({ rsaBits }: ProfileConfig, check: ProfileChecks): IssuanceProfile['rsaBits'] {
  const min = check.within('rsaBits.min', rsaBits?.min ?? 2048, 2048, 8192);
  const max = check.within('rsaBits.max', rsaBits?.max ?? Math.max(4096, min), 2048, 8192);
  if (min > max) check.problem('rsaBits.min is above rsaBits.max');
  return Object.freeze({ min, max });
}

function readPurposes(
  config: ProfileConfig,
  check: ProfileChecks,
): Pick<IssuanceProfile, 'extendedKeyUsage' | 'defaultExtendedKeyUsage'> {
  const allowed = check.oids('extendedKeyUsage', config.extendedKeyUsage ?? DEFAULT_PURPOSES, PURPOSE_OIDS);
  const usual = allowed.includes(OID.clientAuth) ? [OID.clientAuth] : allowed.slice(0, 1);
  const defaults = check.oids(
    'defaultExtendedKeyUsage',
    config.defaultExtendedKeyUsage ?? usual,
    PURPOSE_OIDS,
  );
  for (const purpose of new Set([...allowed, ...defaults])) {
    const name = FORBIDDEN_PURPOSES.get(purpose);
    if (name) check.problem(`extendedKeyUsage: ${name} is never issued to a device`);
  }
  for (const purpose of defaults) {
    if (!allowed.includes(purpose)) {
      check.problem(`defaultExtendedKeyUsage: ${purpose} is not in extendedKeyUsage`);
    }
  }
  return { extendedKeyUsage: new Set(allowed), defaultExtendedKeyUsage: Object.freeze(defaults) };
}
