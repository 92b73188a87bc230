/** @module The same structures as asn1js and pkijs read them. */
import { fromBER, type FromBerResult } from 'asn1js';
import {
  Certificate,
  CertificationRequest,
  ContentInfo,
  EnvelopedData,
  OCSPRequest,
  SignedData,
} from 'pkijs';
import { judgeOther } from './verdict.js';
import type { Verdict } from './target.js';

/** asn1js takes whole ArrayBuffers. */
const copy = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

function parse(input: Uint8Array): FromBerResult {
  const parsed = fromBER(copy(input));
  if (parsed.offset === -1) throw new Error(parsed.result.error || 'no BER');
  if (parsed.offset !== input.length) throw new Error('trailing octets');
  return parsed;
}

export const readWithAsn1js = (input: Uint8Array): Verdict => judgeOther(() => parse(input));

/** By the schema of pkijs. */
const schemaReader =
  (read: (parsed: FromBerResult) => unknown) =>
  (input: Uint8Array): Verdict =>
    judgeOther(() => read(parse(input)));

export const readRequestWithPkijs = schemaReader(
  ({ result }) => new CertificationRequest({ schema: result }),
);
export const readCertificateWithPkijs = schemaReader(({ result }) => new Certificate({ schema: result }));
export const readOcspWithPkijs = schemaReader(({ result }) => new OCSPRequest({ schema: result }));

const content = ({ result }: FromBerResult, type: string): unknown => {
  const info = new ContentInfo({ schema: result });
  if (info.contentType !== type) throw new Error('another content type');
  return info.content;
};

export const readSignedDataWithPkijs = schemaReader(
  (parsed) => new SignedData({ schema: content(parsed, ContentInfo.SIGNED_DATA) }),
);
export const readEnvelopedDataWithPkijs = schemaReader(
  (parsed) => new EnvelopedData({ schema: content(parsed, ContentInfo.ENVELOPED_DATA) }),
);
