/** @module The words of RFC 8894: message types, statuses, failures, and what a request says once it is open. */
import type { HashName } from '../pki/algorithms.js';
import type { Certificate } from '../pki/certificate.js';
import type { CertificationRequest } from '../pki/csr.js';

/** messageType (RFC 8894 section 3.2.1.2). UpdateReq stood in old drafts; clients that send it mean RenewalReq. */
export const MESSAGE_TYPES = {
  CertRep: '3',
  RenewalReq: '17',
  UpdateReq: '18',
  PKCSReq: '19',
  CertPoll: '20',
  GetCert: '21',
  GetCRL: '22',
} as const;

export type MessageType = keyof typeof MESSAGE_TYPES;

/** pkiStatus (section 3.2.1.3). */
export const PKI_STATUS = { SUCCESS: '0', FAILURE: '2', PENDING: '3' } as const;

/** failInfo (section 3.2.1.4). */
export const FAIL_INFO = {
  badAlg: '0',
  badMessageCheck: '1',
  badRequest: '2',
  badTime: '3',
  badCertId: '4',
} as const;

export type FailInfo = keyof typeof FAIL_INFO;

/** What an endpoint accepts beyond RFC 8894. */
export interface MessagePolicy {
  /** Single DES and MD5 (section 2.9 forbids both), for clients that know nothing else. Default false. */
  readonly legacy: boolean;
}

/** What an answer repeats of its request. */
export interface ReplyContext {
  /** transactionID as text, for logs and lookups. */
  readonly transactionId: string;
  /** transactionID, the DER of its attribute value: echoed octet by octet. */
  readonly transactionIdDer: Uint8Array;
  /** senderNonce of the request, of whatever length up to 256; absent when the request had none of that kind. */
  readonly senderNonce: Uint8Array | undefined;
  /** The digest to answer with. */
  readonly digest: HashName;
}

/** A pkiMessage whose signature verified; its envelope is still closed. */
export interface PkiMessage {
  readonly reply: ReplyContext;
  readonly messageType: MessageType;
  /** The certificate that signed it, which the answer is encrypted to. Nothing says yet whose it is. */
  readonly signer: Certificate;
  /** ContentInfo with EnvelopedData, BER. */
  readonly envelope: Uint8Array;
}

/** What was inside the envelope. */
export type ScepRequest =
  | { readonly type: 'PKCSReq'; readonly csr: CertificationRequest }
  | { readonly type: 'RenewalReq'; readonly csr: CertificationRequest }
  | { readonly type: 'CertPoll'; readonly issuer: Uint8Array; readonly subject: Uint8Array }
  | {
      readonly type: 'GetCert' | 'GetCRL';
      /** Name, DER. */
      readonly issuer: Uint8Array;
      /** Upper-case hex of the INTEGER's contents octets. */
      readonly serialNumber: string;
    };
