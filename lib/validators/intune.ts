/** @module Intune decides: it made the challenge, and it alone can read it. */
import { createHash } from 'node:crypto';
import { ERRORS, type ErrorCode } from '../base/error-codes.js';
import { toSkepError } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { readDeviceId, readSealedPart } from '../intune/challenge.js';
import type { IntuneClient } from '../intune/client.js';
import { reportedHresult } from '../intune/hresults.js';
import type { Ruling } from '../intune/scep-actions.js';
import type { Validator, Verdict } from './validator.js';

export interface IntuneValidatorOptions {
  readonly client: Pick<IntuneClient, 'validateRequest' | 'successNotification' | 'failureNotification'>;
  readonly logger: Logger;
  /** Stable id of this CA; Intune's revocation requests bring it back. Default empty. */
  readonly caConfiguration?: string;
  /** The CA's name, for Intune's records. Default empty. */
  readonly certificateAuthority?: string;
}

export function createIntuneValidator(options: IntuneValidatorOptions): Validator {
  const { client, logger, caConfiguration = '', certificateAuthority = '' } = options;
  return {
    name: 'intune',

    identify: (challenge) => readSealedPart(challenge) ?? challenge,

    async validate({ transactionId, csr, challenge }) {
      if (!challenge) {
        return { granted: false, code: 'ERR_CHALLENGE_MISSING', detail: 'no challengePassword' };
      }
      const ruling = await client.validateRequest({ transactionId, csr });
      if (!ruling.granted) return toRefusal(ruling);
      if (readSealedPart(challenge) === undefined) {
        logger.warn(
          'Intune granted a challenge that is no CertEnrollToken: written otherwise it is another one',
          {
            transactionId,
          },
        );
      }
      const deviceId = readDeviceId(challenge);
      return { granted: true, ...(deviceId === undefined ? {} : { deviceId }) };
    },

    async notifySuccess({ transactionId, csr, certificate, serialNumber, notAfter, issuer }) {
      const ruling = await client.successNotification({
        transactionId,
        csr,
        certificateThumbprint: createHash('sha1').update(certificate).digest('hex').toUpperCase(),
        certificateSerialNumber: serialNumber.toUpperCase(),
        certificateExpirationDate: notAfter,
        issuingCertificateAuthority: issuer,
        caConfiguration,
        certificateAuthority,
      });
      return ruling.granted ? { granted: true } : toRefusal(ruling);
    },

    async notifyFailure({ transactionId, csr, code, detail }) {
      const warn = (failure: { readonly code: ErrorCode; readonly detail: string | undefined }) => {
        logger.warn('Intune was not told of a failed request', {
          transactionId,
          code: failure.code,
          detail: failure.detail,
        });
      };
      try {
        const ruling = await client.failureNotification({
          transactionId,
          csr,
          hResult: reportedHresult(code),
          errorDescription: `${code}: ${detail || ERRORS[code].means}`,
        });
        if (!ruling.granted) warn(ruling);
      } catch (thrown) {
        warn(toSkepError(thrown));
      }
    },
  };
}

function toRefusal({ code, detail }: Extract<Ruling, { granted: false }>): Verdict {
  return { granted: false, code, detail };
}
