/** @module The numbers of RFC 8894 section 3.2.1 and their names. */

/** UpdateReq (18) stands only in old drafts; some clients still know it. */
export const MESSAGE_TYPES = {
  CertRep: 3,
  RenewalReq: 17,
  UpdateReq: 18,
  PKCSReq: 19,
  CertPoll: 20,
  GetCert: 21,
  GetCRL: 22,
} as const;

export type MessageTypeName = keyof typeof MESSAGE_TYPES;

export const PKI_STATUSES = { SUCCESS: 0, FAILURE: 2, PENDING: 3 } as const;

export type PkiStatusName = keyof typeof PKI_STATUSES;

export const FAIL_INFOS = {
  badAlg: 0,
  badMessageCheck: 1,
  badRequest: 2,
  badTime: 3,
  badCertId: 4,
} as const;

export type FailInfoName = keyof typeof FAIL_INFOS;

/** The name that belongs to a number in one of the tables above. */
export function nameOf<Name extends string>(
  table: Readonly<Record<Name, number>>,
  value: number | undefined,
): Name | undefined {
  return (Object.keys(table) as Name[]).find((name) => table[name] === value);
}
