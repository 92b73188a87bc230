/** @module The SCEP endpoints: two by default, more by configuration. */
import * as v from 'valibot';
import { MINUTE_MS } from '../base/clock.js';
import { SkepError } from '../base/errors.js';
import type { Endpoint } from '../enrollment/service.js';
import { createProfile, type IssuanceUrls, type ProfileConfig } from '../issuance/profile.js';
import type { IdentityCheck } from '../validators/identity-check.js';
import type { Validator } from '../validators/validator.js';
import { createStaticValidator } from '../validators/static.js';
import type { Settings } from './settings.js';

export interface EndpointParts {
  readonly settings: Settings;
  readonly urls: IssuanceUrls;
  readonly renewal: Validator;
  /** Absent when Intune is off. */
  readonly intune?: Validator;
  /** For Intune's endpoints; absent when the directory is not connected, or not asked. */
  readonly identityCheck?: IdentityCheck;
}

/** One member of SKEP_ENDPOINTS; what is absent is as on the two built-in endpoints. */
const furtherEndpoint = v.strictObject({
  validator: v.picklist(['intune', 'static']),
  challenge: v.optional(
    v.union([v.pipe(v.string(), v.nonEmpty()), v.array(v.pipe(v.string(), v.nonEmpty()))]),
  ),
  legacy: v.optional(v.boolean(), false),
  renewal: v.optional(v.boolean(), false),
  validityDays: v.optional(v.number()),
  extendedKeyUsages: v.optional(v.array(v.string())),
  subjectAltNames: v.optional(v.array(v.picklist(['dns', 'email', 'uri', 'ip', 'upn']))),
  protectedDomains: v.optional(v.array(v.string())),
  allowSidUri: v.optional(v.boolean()),
});

type FurtherEndpoint = v.InferOutput<typeof furtherEndpoint>;

const furtherEndpoints = v.pipe(
  v.string(),
  v.parseJson(),
  v.record(v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/)), furtherEndpoint),
);

/**
 * @returns endpoints by name.
 * @throws {SkepError} `ERR_CONFIG`
 */
export function createEndpoints(parts: EndpointParts): ReadonlyMap<string, Endpoint> {
  const { settings } = parts;
  const endpoints: Endpoint[] = [];
  if (parts.intune) endpoints.push(intuneEndpoint('intune', parts, parts.intune, {}));
  if (settings.SKEP_STATIC_CHALLENGE) {
    endpoints.push(
      staticEndpoint('static', parts, settings.SKEP_STATIC_CHALLENGE, {
        legacy: settings.SKEP_STATIC_LEGACY,
        renewal: settings.SKEP_STATIC_RENEWAL,
      }),
    );
  }
  for (const [name, further] of Object.entries(parseFurther(settings.SKEP_ENDPOINTS))) {
    endpoints.push(createFurther(name, parts, further));
  }
  return new Map(endpoints.map((endpoint) => [endpoint.name, endpoint]));
}

/**
 * Names of the endpoints that are known not to be Intune's. A name that is none of them may have been Intune's before it
 * was removed or changed; the built-in ones keep theirs, also while they are off.
 */
export function othersThanIntune(endpoints: ReadonlyMap<string, Endpoint>): ReadonlySet<string> {
  const others = [...endpoints.values()].filter(({ validator }) => validator.name !== 'intune');
  return new Set(['static', ...others.map(({ name }) => name)]);
}

function parseFurther(json: string | undefined): Record<string, FurtherEndpoint> {
  if (!json) return {};
  const result = v.safeParse(furtherEndpoints, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw misconfigured(path ? `${path}: wrong value` : 'not a JSON object of endpoints');
}

function createFurther(name: string, parts: EndpointParts, further: FurtherEndpoint): Endpoint {
  if (name === 'intune' || name === 'static') throw misconfigured(`${name} is built in`);
  const overrides: Partial<ProfileConfig> = {
    ...(further.validityDays === undefined ? {} : { maxValidityDays: further.validityDays }),
    ...(further.extendedKeyUsages === undefined ? {} : { extendedKeyUsage: further.extendedKeyUsages }),
    ...(further.subjectAltNames === undefined ? {} : { subjectAltNames: further.subjectAltNames }),
    ...(further.protectedDomains === undefined ? {} : { protectedDomains: further.protectedDomains }),
    ...(further.allowSidUri === undefined ? {} : { allowSidUri: further.allowSidUri }),
  };
  if (further.validator === 'static') {
    if (!further.challenge) throw misconfigured(`${name} needs a challenge`);
    return staticEndpoint(name, parts, further.challenge, further, overrides);
  }
  if (further.challenge || further.legacy || further.renewal) {
    throw misconfigured(`${name}: an Intune endpoint has no challenge, no legacy and no renewal`);
  }
  if (!parts.intune) throw misconfigured(`${name}: SKEP_INTUNE is false`);
  return intuneEndpoint(name, parts, parts.intune, overrides);
}

/** Each challenge is good once, and a certificate of ours renews nothing (Intune never uses that). */
function intuneEndpoint(
  name: string,
  parts: EndpointParts,
  validator: Validator,
  overrides: Partial<ProfileConfig>,
): Endpoint {
  return {
    name,
    validator,
    profile: createProfile({ ...profileConfig(parts), ...overrides, name }),
    claimScope: 'challenge',
    replay: { otherKey: parts.settings.SKEP_CHALLENGE_OTHER_KEY },
    legacy: false,
    ...(parts.identityCheck ? { identityCheck: parts.identityCheck } : {}),
  };
}

/** Many devices share the challenge, and may keep key and request for years. */
function staticEndpoint(
  name: string,
  parts: EndpointParts,
  challenge: string | readonly string[],
  { legacy, renewal }: { readonly legacy: boolean; readonly renewal: boolean },
  overrides: Partial<ProfileConfig> = {},
): Endpoint {
  return {
    name,
    validator: createStaticValidator({ challenge }),
    ...(renewal ? { renewal: parts.renewal } : {}),
    profile: createProfile({ ...profileConfig(parts), ...overrides, name }),
    claimScope: 'request',
    replay: { otherKey: 'refuse', windowMs: parts.settings.SKEP_REPLAY_WINDOW_MINUTES * MINUTE_MS },
    legacy,
  };
}

function profileConfig({ settings, urls }: EndpointParts): Omit<ProfileConfig, 'name'> {
  const { SKEP_EXTENDED_KEY_USAGES: purposes, SKEP_PROTECTED_DOMAINS: protectedDomains } = settings;
  return {
    maxValidityDays: settings.SKEP_VALIDITY_DAYS,
    backdateMinutes: settings.SKEP_BACKDATE_MINUTES,
    jitterPercent: settings.SKEP_EXPIRY_JITTER_PERCENT,
    allowSidUri: settings.SKEP_ALLOW_SID_URI,
    addSidExtension: settings.SKEP_ADD_SID_EXTENSION,
    requireIdentity: settings.SKEP_REQUIRE_IDENTITY,
    urls,
    ...(purposes ? { extendedKeyUsage: purposes } : {}),
    ...(protectedDomains ? { protectedDomains } : {}),
  };
}

function misconfigured(detail: string): SkepError {
  return new SkepError('ERR_CONFIG', { detail: `SKEP_ENDPOINTS: ${detail}` });
}
