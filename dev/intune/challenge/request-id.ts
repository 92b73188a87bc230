/** @module Names of a certificate request: the id inside the challenge and the node on the device. */

export interface RequestName {
  /** Account GUID of the tenant. */
  readonly accountId: string;
  /** Policy GUID. */
  readonly profileId: string;
  readonly version: number;
  /** Signed, 32 bits. */
  readonly hash: number;
}

/** `ModelName=AC_{account}/LogicalName_{policy, underscores};Version={n};Hash={n}` */
export function formatRequestId({ accountId, profileId, version, hash }: RequestName): string {
  return `ModelName=AC_${accountId}/LogicalName_${profileId.replaceAll('-', '_')};Version=${version};Hash=${hash}`;
}

/** The same id as a node name: Version dropped, `=`, `/` and `;` written as underscores. */
export function formatUniqueId({ accountId, profileId, hash }: Omit<RequestName, 'version'>): string {
  return `ModelName_AC_${accountId}_LogicalName_${profileId.replaceAll('-', '_')}_Hash_${hash}`;
}

/** @returns the policy GUID in a node name; undefined for a node that no profile of Intune made. */
export function parseProfileId(uniqueId: string): string | undefined {
  return /^ModelName_AC_.+_LogicalName_(.+)_Hash_-?\d+$/.exec(uniqueId)?.[1]?.replaceAll('_', '-');
}
