/** @module What is fixed about Intune's services, and what differs between clouds. */

/** `providerName` is the lookup key in the tenant's endpoint list; `apiVersion` is the value of a header. */
export interface IntuneService {
  readonly providerName: string;
  readonly apiVersion: string;
}

export const SERVICES = {
  scep: { providerName: 'ScepRequestValidationFEService', apiVersion: '2018-02-20' },
  revocation: { providerName: 'PkiConnectorFEService', apiVersion: '5019-05-05' },
} as const satisfies Record<string, IntuneService>;

/** App role of Intune's API (application `INTUNE_API_ID`) for validating, notifying and the revocation queue. */
export const SCEP_ROLE = 'scep_challenge_provider';
export const INTUNE_API_ID = 'c161e42e-d4df-4a3d-9b42-e7a3c31f59d4';

/** App roles of Microsoft Graph that list a service principal's endpoints: the one to grant, then broader ones. */
export const DISCOVERY_ROLES: readonly [string, ...string[]] = [
  'Application.Read.All',
  'Directory.Read.All',
  'Application.ReadWrite.All',
  'Application.ReadWrite.OwnedBy',
];

/** Where a cloud's Graph and Intune are, and for whom tokens are asked. */
export interface IntuneCloud {
  /** Origin of Microsoft Graph, with or without a trailing slash. */
  readonly graphBaseUrl: string;
  readonly graphScope: string;
  /**
   * The doubled slash of the default is meant: Entra takes `/.default` off the scope, and the audience that is left
   * must keep its own trailing slash. Never build this by joining URLs.
   */
  readonly intuneScope: string;
  /** Application id of "Microsoft Intune", whose endpoints Graph lists. */
  readonly intuneAppId: string;
}

export const PUBLIC_CLOUD: IntuneCloud = {
  graphBaseUrl: 'https://graph.microsoft.com',
  graphScope: 'https://graph.microsoft.com/.default',
  intuneScope: 'https://api.manage.microsoft.com//.default',
  intuneAppId: '0000000a-0000-0000-c000-000000000000',
};

/** Intune's hosts lie under these names, in every cloud that has Intune's SCEP validation. */
export const INTUNE_HOST_SUFFIXES: readonly string[] = ['manage.microsoft.com', 'manage.microsoft.us'];
