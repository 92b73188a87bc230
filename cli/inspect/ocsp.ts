/** @module OCSP requests and responses (RFC 6960), described. */
import * as pkijs from 'pkijs';
import { toHex } from '../../lib/base/bytes.js';
import { oidName } from '../../dev/scep-client/index.js';
import {
  childrenOf,
  dateOf,
  numberOf,
  octetsOf,
  readBlock,
  reading,
  type Block,
} from '../../dev/scep-client/ber-reader.js';
import { formatSerial, readCertificate } from '../../dev/scep-client/certificate.js';
import { OID } from '../../dev/scep-client/oids.js';
import { describeCertificate } from './certificate.js';
import { finding, type Finding } from './finding.js';
import { reasonName } from './reasons.js';

const RESPONSE_STATUS: Readonly<Record<number, string>> = {
  0: 'successful',
  1: 'malformedRequest',
  2: 'internalError',
  3: 'tryLater',
  5: 'sigRequired',
  6: 'unauthorized',
};

const describeCertId = ({ serialNumber, issuerKeyHash, hashAlgorithm }: pkijs.CertID): string =>
  `${formatSerial(octetsOf(serialNumber))} of issuer key ${toHex(octetsOf(issuerKeyHash))}` +
  ` (${oidName(hashAlgorithm.algorithmId)})`;

const nonceOf = (extensions: readonly pkijs.Extension[] | undefined): string | undefined => {
  const nonce = extensions?.find(({ extnID }) => extnID === OID.ocspNonce);
  return nonce && toHex(octetsOf(nonce.extnValue));
};

/** @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function describeOcspRequest(der: Uint8Array): Finding {
  return reading('OCSP request', () => {
    const { tbsRequest } = new pkijs.OCSPRequest({ schema: readBlock(der, 'OCSP request') });
    return finding('ocsp-request', 'OCSP request', [
      ['asks for', tbsRequest.requestList.map(({ reqCert }) => describeCertId(reqCert))],
      ['nonce', nonceOf(tbsRequest.requestExtensions)],
    ]);
  });
}

/** @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function describeOcspResponse(der: Uint8Array): Finding {
  return reading('OCSP response', () => {
    const response = new pkijs.OCSPResponse({ schema: readBlock(der, 'OCSP response') });
    const code = numberOf(response.responseStatus);
    const status: [string, string] = ['status', RESPONSE_STATUS[code ?? -1] ?? `status ${String(code)}`];
    if (!response.responseBytes) return finding('ocsp-response', 'OCSP response', [status]);
    const basic = new pkijs.BasicOCSPResponse({
      schema: readBlock(octetsOf(response.responseBytes.response), 'basic OCSP response'),
    });
    const { producedAt, responses, responseExtensions } = basic.tbsResponseData;
    const certificates = (basic.certs ?? []).map((certificate) =>
      describeCertificate(
        readCertificate(new Uint8Array(certificate.toSchema().toBER())),
        'Responder’s certificate',
      ),
    );
    return finding(
      'ocsp-response',
      'OCSP response',
      [
        status,
        ['producedAt', producedAt.toISOString()],
        ['answers', responses.map(describeSingle)],
        ['nonce', nonceOf(responseExtensions)],
        ['signatureAlgorithm', oidName(basic.signatureAlgorithm.algorithmId)],
      ],
      certificates,
    );
  });
}

function describeSingle(single: pkijs.SingleResponse): string {
  const until = single.nextUpdate ? `, next update ${single.nextUpdate.toISOString()}` : '';
  return (
    `${describeCertId(single.certID)}: ${describeStatus(single.certStatus as Block)}; ` +
    `as of ${single.thisUpdate.toISOString()}${until}`
  );
}

/** CertStatus: good [0], revoked [1], unknown [2]. */
function describeStatus(status: Block): string {
  if (status.idBlock.tagNumber === 0) return 'good';
  if (status.idBlock.tagNumber !== 1) return 'unknown';
  const [time, reason] = childrenOf(status);
  const [code] = childrenOf(reason);
  const at = dateOf(time)?.toISOString() ?? '';
  return `revoked ${at} ${reasonName(code && numberOf(code))}`.trimEnd();
}
