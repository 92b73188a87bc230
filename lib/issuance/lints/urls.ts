/** @module Where OCSP, the CA certificate and the CRL are said to be, there is a web URL. */
import { view } from '../../base/bytes.js';
import { children, contextTag, readWhole, TAG, walk, type Element } from '../../pki/der.js';
import { OID } from '../../pki/oids.js';
import { isWebUrl } from '../web-url.js';
import type { Lint } from './rule.js';

export const urls: Lint = {
  name: 'urls',
  source: 'RFC 5280 sections 4.2.1.13 and 4.2.2.1',
  holds: ({ find }) => {
    const access = find(OID.authorityInfoAccess);
    const distribution = find(OID.cRLDistributionPoints);
    return (
      (!access || allWeb(readAccessLocations(access.value))) &&
      (!distribution || allWeb(readDistributionPoints(distribution.value)))
    );
  },
};

function readAccessLocations(value: Uint8Array): Element[] {
  return children(readWhole(value, TAG.sequence)).map((description) => {
    const parts = walk(description);
    parts.next(TAG.oid);
    return parts.next();
  });
}

/** DistributionPoint → distributionPoint [0] → fullName [0] → GeneralName. */
function readDistributionPoints(value: Uint8Array): Element[] {
  return children(readWhole(value, TAG.sequence)).flatMap((point) => {
    const name = walk(point).next(contextTag(0));
    return children(walk(name).next(contextTag(0)));
  });
}

function allWeb(names: readonly Element[]): boolean {
  return (
    names.length > 0 &&
    names.every(
      ({ tag, content }) => tag === contextTag(6, false) && isWebUrl(view(content).toString('latin1')),
    )
  );
}
