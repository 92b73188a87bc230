/** @module Status codes of OMA DM (OMA-TS-DM_RepPro 1.2 section 10) that a Windows device and its server exchange. */

export const DM_STATUS = {
  ok: 200,
  /** An Exec was taken and runs on its own. */
  acceptedForProcessing: 202,
  authenticationAccepted: 212,
  /** Never tried, since an earlier member of its Atomic failed. */
  notExecuted: 215,
  /** Undone, since a later member of its Atomic failed. */
  atomicRolledBack: 216,
  badRequest: 400,
  unauthorized: 401,
  notFound: 404,
  /** The node does not have the access type. */
  notAllowed: 405,
  /** The verb is none that this device knows. */
  notSupported: 406,
  unsupportedFormat: 415,
  alreadyExists: 418,
  failed: 500,
  atomicFailed: 507,
} as const satisfies Record<string, number>;

export const ALERT = {
  serverInitiated: 1200,
  clientInitiated: 1201,
  /** An event of the device, e.g. the end of an enrollment. */
  generic: 1226,
} as const satisfies Record<string, number>;

const MEANINGS: Readonly<Record<number, string>> = {
  [DM_STATUS.ok]: 'OK',
  [DM_STATUS.acceptedForProcessing]: 'accepted for processing',
  [DM_STATUS.authenticationAccepted]: 'authentication accepted',
  [DM_STATUS.notExecuted]: 'not executed',
  [DM_STATUS.atomicRolledBack]: 'rolled back with its Atomic',
  [DM_STATUS.badRequest]: 'bad request',
  [DM_STATUS.unauthorized]: 'unauthorized',
  [DM_STATUS.notFound]: 'not found',
  [DM_STATUS.notAllowed]: 'not allowed',
  [DM_STATUS.notSupported]: 'not supported',
  [DM_STATUS.unsupportedFormat]: 'unsupported format',
  [DM_STATUS.alreadyExists]: 'already exists',
  [DM_STATUS.failed]: 'failed',
  [DM_STATUS.atomicFailed]: 'Atomic failed',
};

export const describeStatus = (code: number): string => `${code} ${MEANINGS[code] ?? 'unknown'}`;

/** Whether the device did, or will do, what it was told. */
export const isDone = (code: number | undefined): boolean => code !== undefined && code >= 200 && code < 215;
