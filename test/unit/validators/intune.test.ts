import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toBase64 } from '../../../lib/base/bytes.js';
import { SkepError } from '../../../lib/base/errors.js';
import { createLogger } from '../../../lib/base/log.js';
import type {
  FailureNotice,
  Ruling,
  ScepTransaction,
  SuccessNotice,
} from '../../../lib/intune/scep-actions.js';
import { createIntuneValidator } from '../../../lib/validators/intune.js';
import { codeOf } from '../../support/error-code.js';

const csr = Uint8Array.of(0x30, 0x00);
const certificate = Uint8Array.of(0x30, 0x01, 0x00);
const unavailable = new SkepError('ERR_VALIDATOR_UNAVAILABLE', { detail: 'HTTP 503' });
const deviceId = '7c4f1b6e-0a3d-4c58-9a0e-2f7b1d5c9e11';
const token = (sealed: string) =>
  `<CertEnrollToken><Data>${sealed}</Data><DeviceId>${deviceId}</DeviceId></CertEnrollToken>`;
const sealed = '<CertEnrollChallenge>MIIB</CertEnrollChallenge>';
const challenge = toBase64(Buffer.from(token(sealed)));

function setUp(answer: Ruling | SkepError = { granted: true, resultCode: 'Success' }) {
  const asked: (ScepTransaction | SuccessNotice | FailureNotice)[] = [];
  const lines: string[] = [];
  const ask = (notice: ScepTransaction | SuccessNotice | FailureNotice) => {
    asked.push(notice);
    return answer instanceof SkepError ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const validator = createIntuneValidator({
    client: { validateRequest: ask, successNotification: ask, failureNotification: ask },
    logger: createLogger((_level, line) => lines.push(line)),
    caConfiguration: 'ca-1',
    certificateAuthority: 'Example CA',
  });
  const request = { transactionId: 'tx', csr, challenge, signerCertificate: certificate };
  const issued = {
    transactionId: 'tx',
    csr,
    certificate,
    serialNumber: '0aff',
    notAfter: new Date('2027-01-01T00:00:00Z'),
    issuer: 'CN=Example CA',
  };
  return { validator, asked, lines, request, issued };
}

describe('identify', () => {
  it('takes a token for the same however it is written, and anything else as it is', () => {
    const { validator } = setUp();
    const spaced = toBase64(Buffer.from(token(` ${sealed}`)));
    expect(validator.identify?.(`${spaced} `)).toBe(validator.identify?.(challenge));
    expect(['x', 'x '].map((text) => validator.identify?.(text))).toEqual(['x', 'x ']);
  });

  it('refuses what can be read in two ways', () => {
    const { validator } = setUp();
    expect(codeOf(() => validator.identify?.(toBase64(Buffer.from(token(sealed + sealed)))))).toBe(
      'ERR_CHALLENGE_ALTERED',
    );
  });
});

describe('validate', () => {
  it('hands the very bytes to Intune, and says whose device it is', async () => {
    const { validator, asked, request } = setUp();
    expect(await validator.validate(request)).toEqual({ granted: true, deviceId });
    expect(asked).toEqual([{ transactionId: 'tx', csr }]);
    expect((asked[0] as ScepTransaction).csr).toBe(csr);
  });

  it('grants without a device id when the challenge names none', async () => {
    const { validator, request } = setUp();
    expect(await validator.validate({ ...request, challenge: 'x' })).toEqual({ granted: true });
  });

  it('says that it is no token, of whose spellings nothing is known', async () => {
    const { validator, request, lines } = setUp();
    await validator.validate(request);
    expect(lines).toEqual([]);
    await validator.validate({ ...request, challenge: 'x' });
    expect(lines).toEqual([expect.stringContaining('no CertEnrollToken')]);
  });

  it.each([undefined, ''])('refuses the challenge %j without asking', async (missing) => {
    const { validator, asked, request } = setUp();
    expect(await validator.validate({ ...request, challenge: missing })).toMatchObject({
      granted: false,
      code: 'ERR_CHALLENGE_MISSING',
    });
    expect(asked).toEqual([]);
  });

  it('passes a refusal on', async () => {
    const { validator, request } = setUp({
      granted: false,
      code: 'ERR_INTUNE_EXPIRED',
      resultCode: 'ChallengeExpired',
      detail: 'ChallengeExpired: old',
    });
    expect(await validator.validate(request)).toEqual({
      granted: false,
      code: 'ERR_INTUNE_EXPIRED',
      detail: 'ChallengeExpired: old',
    });
  });

  it('passes an outage on', async () => {
    const { validator, request } = setUp(unavailable);
    await expect(validator.validate(request)).rejects.toBe(unavailable);
  });
});

describe('notifySuccess', () => {
  it('describes the certificate', async () => {
    const { validator, asked, issued } = setUp();
    expect(await validator.notifySuccess?.(issued)).toEqual({ granted: true });
    expect(asked).toEqual([
      {
        transactionId: 'tx',
        csr,
        certificateThumbprint: createHash('sha1').update(certificate).digest('hex').toUpperCase(),
        certificateSerialNumber: '0AFF',
        certificateExpirationDate: issued.notAfter,
        issuingCertificateAuthority: 'CN=Example CA',
        caConfiguration: 'ca-1',
        certificateAuthority: 'Example CA',
      },
    ]);
  });

  it('reports a refusal, and throws when Intune could not be told', async () => {
    const refusal = {
      granted: false,
      code: 'ERR_NOTIFICATION_REFUSED',
      resultCode: 'X',
      detail: 'X',
    } as const;
    const refused = setUp(refusal);
    expect(await refused.validator.notifySuccess?.(refused.issued)).toEqual({
      granted: false,
      code: 'ERR_NOTIFICATION_REFUSED',
      detail: 'X',
    });
    const down = setUp(unavailable);
    await expect(down.validator.notifySuccess?.(down.issued)).rejects.toBe(unavailable);
  });
});

describe('notifyFailure', () => {
  const failed = { transactionId: 'tx', csr, code: 'ERR_KEY_SIZE', detail: '1024 bits' } as const;

  it('gives an HRESULT and the reason', async () => {
    const { validator, asked } = setUp();
    await validator.notifyFailure?.(failed);
    await validator.notifyFailure?.({ ...failed, detail: '' });
    expect(asked).toMatchObject([
      { transactionId: 'tx', csr, hResult: 0x80094811 | 0, errorDescription: 'ERR_KEY_SIZE: 1024 bits' },
      { errorDescription: expect.stringMatching(/^ERR_KEY_SIZE: The RSA key/) as unknown },
    ]);
  });

  it('never throws', async () => {
    const { validator, lines } = setUp(unavailable);
    await expect(validator.notifyFailure?.(failed)).resolves.toBeUndefined();
    expect(lines).toEqual([
      'Intune was not told of a failed request transactionId=tx code=ERR_VALIDATOR_UNAVAILABLE detail="HTTP 503"',
    ]);
  });
});
