/** @module What a Windows device tells while it enrolls: one record per step, for a story, a log or a test. */
import type { FailInfoName, PkiStatusName } from '../scep-client/index.js';

/** `eventId` is the number under which Windows logs the step, where it logs it. No event holds the challenge. */
export type WindowsEvent =
  | { readonly type: 'accepted'; readonly eventId: 306; readonly uniqueId: string }
  | { readonly type: 'attempt'; readonly number: number; readonly of: number; readonly serverUrl: string }
  | { readonly type: 'capabilities'; readonly url: string; readonly words: readonly string[] }
  | {
      readonly type: 'ca-certificates';
      readonly url: string;
      readonly subjects: readonly string[];
      /** SHA-1 of the CA certificate, which the profile pins. */
      readonly caThumbprint: string;
      readonly recipient: string;
    }
  | {
      readonly type: 'request-made';
      readonly eventId: 36;
      readonly subject: string;
      readonly keyLength: number;
      /** Name of the key storage provider. */
      readonly keyProvider: string;
      readonly signer: string;
      /** Octets of the PKCS#10 request. */
      readonly size: number;
    }
  | {
      readonly type: 'request-sent';
      readonly url: string;
      readonly method: 'GET' | 'POST';
      readonly size: number;
      readonly transactionId: string;
      readonly digest: string;
      readonly cipher: string;
      readonly keyTransport: string;
    }
  | {
      readonly type: 'answer';
      readonly pkiStatus: PkiStatusName;
      readonly failInfo?: FailInfoName;
      readonly failInfoText?: string;
    }
  | { readonly type: 'waiting'; readonly delayMs: number; readonly because: 'failed' | 'pending' }
  | {
      readonly type: 'installed';
      readonly eventId: 39;
      readonly subject: string;
      readonly issuer: string;
      readonly serialNumber: string;
      readonly thumbprint: string;
      readonly notAfter: Date;
    }
  | { readonly type: 'failed'; readonly eventId: 32; readonly errorCode: number; readonly means: string }
  | { readonly type: 'challenge-deleted' };

export type WindowsEventSink = (event: WindowsEvent) => void;
