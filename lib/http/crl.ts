/** @module CRLs over HTTP, DER and PEM, complete and delta. */
import type { Clock } from '../base/clock.js';
import { toSkepError } from '../base/errors.js';
import { encodePem } from '../pki/pem.js';
import type { CrlPublisher } from '../revocation/crl-publisher.js';
import { CRL_TYPE } from '../revocation/published-crls.js';
import { refuseMethod, respondDocument } from './document.js';
import { respondError, respondText, type HttpAnswer, type HttpRequest } from './http.js';

/** A new CRL comes at once after a revocation; this is how much later it may be seen. */
const MAX_AGE_SECONDS = 300;
const PEM_TYPE = 'application/x-pem-file';

/**
 * Handles `…/crl` and `…/crl/{name}[-delta].{crl|pem}`, where the name is `ca` for the present issuer, or an issuer's
 * id (SHA-256 of its SubjectPublicKeyInfo in hex), which stays right when the CA is rolled over.
 */
export function createCrlHandler(
  publisher: CrlPublisher,
  clock: Clock,
): (request: HttpRequest) => Promise<HttpAnswer> {
  return async (request) => {
    const refused = refuseMethod(request);
    if (refused) return refused;
    const wanted = parseCrlPath(request.url);
    if (!wanted) return notFound();
    try {
      const found = await publisher.find(wanted.kind, wanted.issuerId);
      if (!found) return notFound();
      const { der, etag, list, modifiedAt } = found;
      const lifeSeconds = (list.nextUpdate.getTime() - clock.now().getTime()) / 1000;
      return respondDocument(request, {
        body: wanted.pem ? encodePem('X509 CRL', der) : der,
        contentType: wanted.pem ? PEM_TYPE : CRL_TYPE,
        etag: wanted.pem ? `${etag}-pem` : etag,
        modifiedAt,
        maxAgeSeconds: Math.min(MAX_AGE_SECONDS, lifeSeconds),
      });
    } catch (thrown) {
      return respondError(toSkepError(thrown));
    }
  };
}

interface WantedCrl {
  readonly kind: 'complete' | 'delta';
  readonly issuerId?: string;
  readonly pem: boolean;
}

function parseCrlPath(url: string): WantedCrl | undefined {
  const { pathname } = new URL(url);
  if (/\/crl\/?$/i.test(pathname)) return { kind: 'complete', pem: false };
  const [, name, delta, format] = /\/crl\/(ca|[0-9a-f]{64})(-delta)?\.(crl|pem)$/i.exec(pathname) ?? [];
  if (!name || !format) return undefined;
  return {
    kind: delta ? 'delta' : 'complete',
    ...(name.length === 64 ? { issuerId: name.toUpperCase() } : {}),
    pem: format.toLowerCase() === 'pem',
  };
}

const notFound = (): HttpAnswer => respondText(404, 'There is no such CRL here.');
