/** @module What the simulated Intune remembers. */
import type { Credential } from './credentials.js';
import type { ResultCode } from './codes.js';

export interface Tenant {
  readonly id: string;
  domain: string;
  /** The account GUID that stands in request ids. */
  accountId: string;
  scaleUnit: string;
  /** Minutes from creation to expiry of a challenge. */
  challengeIntervalMinutes: number;
  keys: ChallengeKeys;
  /** Before the last roll; challenges made with them still open. */
  previousKeys: readonly ChallengeKeys[];
}

/** What challenges are signed with and encrypted to. */
export interface ChallengeKeys {
  readonly signing: Credential;
  readonly encryption: Credential;
}

export interface AppRegistration {
  readonly clientId: string;
  readonly tenantId: string;
  objectId: string;
  displayName: string;
  secrets: readonly string[];
  /** PEM certificates for client assertions. */
  certificates: readonly string[];
  /** Application role values, of Intune and Graph alike; a token carries those of its audience. */
  roles: readonly string[];
  /** Answers at the managed-identity endpoint. */
  managedIdentity: boolean;
}

/** Somebody of the tenant's IT who signs in to Graph; none of the users whose devices enroll. */
export interface Administrator {
  /** Object id. */
  readonly id: string;
  readonly tenantId: string;
  userPrincipalName: string;
  password: string;
  /** Delegated permissions that their tokens can carry: consented to, and allowed by their roles in Entra. */
  permissions: readonly string[];
}

/** A sign-in that begins on one machine and ends in a browser somewhere. */
export interface DeviceCode {
  readonly deviceCode: string;
  /** What the person types. */
  readonly userCode: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly scope: string;
  readonly expiresAt: string;
  state: 'pending' | 'declined' | { readonly administratorId: string };
}

type DeviceState = 'enrolled' | 'retirePending' | 'wiped' | 'deleted';

/** Status values of the ClientCertificateInstall CSP: success, pending, failed, unknown. */
type CspStatus = 1 | 2 | 16 | 32;

/** What somebody had Intune do to a device, in Graph's form. */
export interface DeviceAction {
  readonly actionName: 'retire' | 'wipe';
  readonly actionState: 'pending' | 'active' | 'done' | 'failed' | 'canceled';
  readonly startDateTime: string;
}

/** One `{UniqueID}` node as the device last reported it. */
export interface CspNode {
  thumbprint: string;
  status: CspStatus;
  errorCode: number;
  respondentServerUrl: string;
}

export interface Device {
  readonly id: string;
  readonly tenantId: string;
  entraId: string;
  name: string;
  serialNumber: string;
  imei: string;
  os: string;
  state: DeviceState;
  actions: readonly DeviceAction[];
  compliant: boolean;
  /** Entra's view of the device: there or not, enabled or not, and its computer account on premises. */
  registered: boolean;
  accountEnabled: boolean;
  onPremisesSecurityIdentifier: string;
  userId: string | null;
  /** Upper-case hex SHA-256 of the SubjectPublicKeyInfo of each registered (Windows Hello) key. */
  registeredKeyIds: readonly string[];
  nodeCache: { version: number; nodes: Readonly<Record<string, string>> };
  /** CSP state by UniqueID. */
  csp: Record<string, CspNode>;
}

export interface User {
  readonly id: string;
  readonly tenantId: string;
  userPrincipalName: string;
  mail: string;
  accountEnabled: boolean;
  onPremisesSecurityIdentifier: string;
}

export type AlternativeNameType = 'rfc822' | 'dns' | 'uri' | 'ip' | 'upn';

export interface AlternativeName {
  readonly type: AlternativeNameType;
  readonly value: string;
}

interface ValidityPeriod {
  readonly unit: 'Days' | 'Months' | 'Years';
  readonly count: number;
}

export interface ScepProfile {
  /** Policy id. */
  readonly id: string;
  readonly tenantId: string;
  name: string;
  description: string;
  /** Of the devices that it is for, as they name theirs. */
  os: string;
  /** The trusted-certificate profile that a device must be given too; null where none is asked for. */
  trustedProfileId: string | null;
  /** Grows with every edit that changes what a device must request. */
  version: number;
  type: 'device' | 'user';
  /** Such as `CN={{DeviceId}}`. */
  subjectFormat: string;
  /** Values may hold variables. */
  subjectAlternativeNames: readonly AlternativeName[];
  /** Bit mask of the CSP: 0x80 digitalSignature, 0x20 keyEncipherment. */
  keyUsage: number;
  extendedKeyUsages: readonly string[];
  keyLength: number;
  hashAlgorithms: readonly string[];
  validity: ValidityPeriod;
  /** KeyProtection of the CSP: 1 TPM, 2 TPM if present, 3 software, 4 Windows Hello. */
  keyProtection: 1 | 2 | 3 | 4;
  caThumbprint: string;
  serverUrls: readonly string[];
  /** Percent of the lifetime that remains when the renewal begins. */
  renewalThresholdPercent: number;
  /** The key must be one that the device registered. */
  requiresRegisteredKey: boolean;
  retryCount: number;
  retryDelayMinutes: number;
}

/** Of Entra. Its members are devices or users, by the ids that Intune has of them. */
export interface Group {
  readonly id: string;
  readonly tenantId: string;
  displayName: string;
  memberIds: readonly string[];
}

/** A profile as Graph takes and gives it: trusted certificate, SCEP or Wi-Fi. */
export interface DeviceConfiguration {
  readonly id: string;
  readonly tenantId: string;
  /** Without the namespace, e.g. `iosScepCertificateProfile`. */
  readonly type: string;
  readonly createdAt: string;
  modifiedAt: string;
  version: number;
  /** As they were sent, but for the references. */
  members: Readonly<Record<string, unknown>>;
  /** Ids of other profiles by the relation that holds them. */
  references: Readonly<Record<string, readonly string[]>>;
  /** As they were sent. */
  targets: readonly Readonly<Record<string, unknown>>[];
}

export interface Assignment {
  readonly id: string;
  readonly profileId: string;
  readonly target: 'device' | 'user' | 'group' | 'allDevices' | 'allUsers';
  /** Device, user or group id; empty for the two "all" targets. */
  readonly targetId: string;
  excludedDeviceIds: readonly string[];
  readonly assignedAt: string;
}

/** One attribute of a name; `escaped` where the profile wrote it with a backslash. */
export interface NameAttribute {
  readonly type: string;
  readonly value: string;
  readonly escaped?: true;
}

/** What a CSR must hold, variables resolved. */
export interface Expectation {
  /** RDNs in order, each a list of attributes. */
  readonly subject: readonly (readonly NameAttribute[])[];
  readonly alternativeNames: readonly AlternativeName[];
  readonly keyUsage: number;
  readonly extendedKeyUsages: readonly string[];
  readonly keyLength: number;
  readonly validity: ValidityPeriod;
  /** Null where any key will do. */
  readonly registeredKeyIds: readonly string[] | null;
}

export interface CertificateRequest {
  /** `ModelName=AC_…/LogicalName_…;Version=…;Hash=…` */
  readonly requestId: string;
  readonly uniqueId: string;
  readonly tenantId: string;
  readonly deviceId: string;
  readonly userId: string | null;
  readonly profileId: string;
  readonly version: number;
  readonly hash: number;
  /** Upper-case hex SHA-256 of the challenge text; the text itself is not kept. */
  readonly challengeDigest: string;
  readonly expectation: Expectation;
  readonly createdAt: string;
  readonly expiresAt: string;
  state: 'issued' | 'validated' | 'refused' | 'completed' | 'failed';
}

type CertificateState = 'active' | 'superseded' | 'revocationQueued' | 'revoked';

export interface IssuedCertificate {
  readonly tenantId: string;
  readonly deviceId: string;
  readonly profileId: string;
  readonly uniqueId: string;
  readonly hash: number;
  readonly challengeDigest: string;
  readonly thumbprint: string;
  readonly serialNumber: string;
  /** When Intune was told, on the simulator's clock: the start of its life. */
  readonly recordedAt: string;
  readonly expiresAt: string;
  readonly issuer: string;
  readonly caConfiguration: string;
  readonly certificateAuthority: string;
  /** Of every notification that named this certificate. */
  transactionIds: readonly string[];
  state: CertificateState;
}

export type RevocationCause =
  'wiped' | 'retired' | 'deviceDeleted' | 'unassigned' | 'profileChanged' | 'requested';

export interface RevocationRequest {
  readonly requestContext: string;
  readonly tenantId: string;
  readonly serialNumber: string;
  readonly issuerName: string;
  readonly caConfiguration: string;
  readonly cause: RevocationCause;
  state: 'queued' | 'handedOut' | 'succeeded' | 'failed';
  attempts: number;
  errorCode: string | null;
  errorMessage: string | null;
}

export interface FailureReport {
  readonly at: string;
  readonly tenantId: string;
  readonly transactionId: string;
  readonly hResult: number;
  readonly errorDescription: string;
}

/** A CSR that passed validateRequest, by the hex SHA-256 of its bytes. */
export interface Validation {
  readonly csrDigest: string;
  readonly challengeDigest: string;
  readonly transactionId: string;
  readonly at: string;
}

/** What a token in a link of Graph's stands for. */
export interface Listing {
  /** Of the list that it belongs to; a token of another list is none. */
  readonly path: string;
  /** Names of the selected members; absent: all. */
  readonly select: readonly string[] | undefined;
  /** The pages that are still to come. */
  readonly rest: readonly object[];
  /** Each object as its reader knows it when all pages are read, by id; absent for a list without a delta. */
  readonly seen?: ReadonlyMap<string, string>;
}

export type EndpointName =
  | 'metadata'
  | 'token'
  | 'deviceCode'
  | 'managedIdentity'
  | 'discovery'
  | 'servicePrincipals'
  | 'appRoleAssignments'
  | 'graphManagedDevices'
  | 'graphDevices'
  | 'graphUsers'
  | 'graphGroups'
  | 'graphConfigurations'
  | 'validateRequest'
  | 'successNotification'
  | 'failureNotification'
  | 'downloadRevocationRequests'
  | 'uploadRevocationResults';

/** One call to a production-like endpoint. There is no field that could hold a challenge. */
export interface CallRecord {
  readonly at: string;
  readonly endpoint: EndpointName;
  readonly status: number | 'reset';
  readonly tenantId: string | null;
  readonly clientId: string | null;
  readonly clientRequestId: string | null;
  readonly apiVersion: string | null;
  readonly transactionId: string | null;
  /** Result code of a SCEP action. */
  readonly code: ResultCode | null;
}
