/** @module What messages with too much in them are made of. */
import { encode, oid, sequence, TAG, utf8String } from '../../../lib/pki/der.js';
import { buildRequest, type RequestFields } from '../../support/request-builder.js';
import { CHALLENGE, type MessageKnobs } from '../../support/scep-bench.js';

export const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** A relative name, of which a subject may have any number. */
export const commonName = (text: string): Uint8Array =>
  encode(TAG.set, sequence(oid('2.5.4.3'), utf8String(text)));

/** A message whose request is genuine but for these fields. */
export const request = (fields: RequestFields): MessageKnobs => ({
  messageData: buildRequest({ challenge: CHALLENGE, ...fields }),
});
