/** @module The CA certificate over HTTP: for people, and for whoever follows authorityInfoAccess (RFC 5280 section 4.2.2.1). */
import { createHash } from 'node:crypto';
import { toHex } from '../base/bytes.js';
import { toSkepError } from '../base/errors.js';
import type { Authority, AuthoritySource } from '../keys/authority.js';
import { encodePem } from '../pki/pem.js';
import { issuerIdOf } from '../revocation/answered-authority.js';
import { encodeCertsOnly } from '../scep/certs-only.js';
import { encodeAppleProfile } from './apple-profile.js';
import { refuseMethod, respondDocument } from './document.js';
import { respondError, respondText, type HttpAnswer, type HttpRequest } from './http.js';

const MAX_AGE_SECONDS = 3600;

interface Format {
  readonly contentType: string;
  encode(certificates: readonly [Uint8Array, ...Uint8Array[]]): Uint8Array | string;
}

const DER_FORMAT: Format = { contentType: 'application/pkix-cert', encode: ([first]) => first };

/** By file extension. DER holds the CA alone; the others, the chain up to the root. */
const FORMATS = {
  cer: DER_FORMAT,
  crt: DER_FORMAT,
  pem: {
    contentType: 'application/x-pem-file',
    encode: (certificates) => certificates.map((der) => encodePem('CERTIFICATE', der)).join(''),
  },
  p7c: { contentType: 'application/pkcs7-mime', encode: encodeCertsOnly },
  mobileconfig: { contentType: 'application/x-apple-aspen-config', encode: encodeAppleProfile },
} as const satisfies Record<string, Format>;

/**
 * Handles `…/ca` and `…/ca/{name}.{cer|crt|pem|p7c|mobileconfig}`, where the name is `ca` for the present issuer, `next` for
 * the one that follows it, once it is announced, or the id of an issuer whose certificates we still trust.
 */
export function createCaCertificateHandler(
  source: AuthoritySource,
): (request: HttpRequest) => Promise<HttpAnswer> {
  return async (request) => {
    const refused = refuseMethod(request);
    if (refused) return refused;
    const wanted = parseCaPath(request.url);
    if (!wanted) return notFound();
    try {
      const certificates = findCertificates(await source(), wanted.ca);
      if (!certificates) return notFound();
      const format: Format = FORMATS[wanted.format];
      const body = format.encode(certificates);
      const etag = toHex(createHash('sha256').update(body).digest());
      return respondDocument(request, {
        body,
        contentType: format.contentType,
        etag,
        maxAgeSeconds: MAX_AGE_SECONDS,
      });
    } catch (thrown) {
      return respondError(toSkepError(thrown));
    }
  };
}

/** @param ca as in {@link WantedCa}. */
function findCertificates(
  { issuer, chain, trusted, next = [] }: Authority,
  ca: string,
): readonly [Uint8Array, ...Uint8Array[]] | undefined {
  if (ca === 'next') {
    const [first, ...above] = next;
    return first && [first, ...above];
  }
  if (ca === 'ca' || issuerIdOf(issuer.certificate) === ca) return [issuer.certificate, ...chain];
  const former = trusted.find((certificate) => issuerIdOf(certificate) === ca);
  return former && [former];
}

interface WantedCa {
  /** `ca`, `next`, or the id of an issuer. */
  readonly ca: string;
  readonly format: keyof typeof FORMATS;
}

function parseCaPath(url: string): WantedCa | undefined {
  const { pathname } = new URL(url);
  if (/\/ca\/?$/i.test(pathname)) return { ca: 'ca', format: 'cer' };
  const [, name, extension] = /\/ca\/(ca|next|[0-9a-f]{64})\.([a-z0-9]{3,12})$/i.exec(pathname) ?? [];
  const format = extension?.toLowerCase();
  if (!name || !isFormat(format)) return undefined;
  return { ca: name.length === 64 ? name.toUpperCase() : name.toLowerCase(), format };
}

function isFormat(text: string | undefined): text is keyof typeof FORMATS {
  return text !== undefined && Object.hasOwn(FORMATS, text);
}

const notFound = (): HttpAnswer => respondText(404, 'There is no such CA certificate here.');
