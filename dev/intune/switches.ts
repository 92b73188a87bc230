/** @module Behaviour of Intune that nobody outside knows: each guess is a switch, set through the control API. */

export interface Switches {
  /** Refuse the Intune scope with a single slash (AADSTS500011). */
  strictScope: boolean;
  /** Answer of an action to a token without the role. */
  missingRoleStatus: 401 | 403;
  /** The managed identity hands out one token for 24 hours, roles frozen, as Azure's cache does. */
  staleRoles: boolean;
  /** `repeat`: a revocation request is handed out until answered. `once`: a download leases it for good. */
  revocationDownload: 'repeat' | 'once';
  /** A challenge still counts in the very millisecond of its expiry. */
  expiryInclusive: boolean;
  /** Subjects that the profile wrote with a backslash-escaped character never match. */
  escapedSubjectBug: boolean;
  /** A CSR may hold more alternative names than expected. */
  ignoreExtraAlternativeNames: boolean;
  /** Read the first extensionRequest attribute alone. */
  firstAttributeOnly: boolean;
  /** Verify the CSR's own signature. */
  checkRequestSignature: boolean;
  /** Refuse a challenge for which a certificate was already recorded. */
  singleUse: boolean;
  /** Providers that discovery leaves out, as in a tenant without a licence. */
  omitProviders: readonly string[];
  /** Application ids without a service principal in the tenant, as where Intune was never set up. */
  omitServicePrincipals: readonly string[];
  /** Letter case of providerName. */
  providerNameCase: 'asIs' | 'lower' | 'upper';
  /** List further providers whose name or uri is null. */
  nullNames: boolean;
  /** Items per page of discovery; null for one page. */
  discoveryPageSize: number | null;
  /** Items per page of Graph's devices and users; null for one page. */
  graphPageSize: number | null;
}

export const DEFAULT_SWITCHES: Readonly<Switches> = {
  strictScope: false,
  missingRoleStatus: 403,
  staleRoles: false,
  revocationDownload: 'repeat',
  expiryInclusive: true,
  escapedSubjectBug: false,
  ignoreExtraAlternativeNames: false,
  firstAttributeOnly: false,
  checkRequestSignature: false,
  singleUse: false,
  omitProviders: [],
  omitServicePrincipals: [],
  providerNameCase: 'asIs',
  nullNames: false,
  discoveryPageSize: null,
  graphPageSize: null,
};
