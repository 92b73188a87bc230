/** What k6's answers count as. */
import { describe, expect, test } from 'vitest';
import { readCertificate } from '../../../dev/scep-client/index.js';
import { prepareRequest } from '../../bench/requests.js';
import { judgeOcsp, judgeScep, type Answer } from '../../load/k6/outcome.js';
import { generatePrivateKey, testAuthority } from '../../support/test-authority.js';
import { createTestService, postMessage } from '../../support/test-service.js';

const SCEP = 'application/x-pki-message';
const OCSP = 'application/ocsp-response';
const answer = (fields: Partial<Answer>): Answer => ({
  status: 200,
  contentType: SCEP,
  retryAfter: '',
  body: new Uint8Array(),
  timedOut: false,
  ...fields,
});

describe('SCEP', () => {
  test('a CertRep is served when its pkiStatus is SUCCESS, and refused when it is FAILURE', async () => {
    const { source, authority } = await testAuthority();
    const { handle } = createTestService({ authority: source });
    const outcomeFor = async (challenge: string) => {
      const { message } = prepareRequest(
        {
          key: generatePrivateKey('rsa'),
          subject: 'CN=device',
          subjectAltName: { type: 'dns', value: 'device.contoso.test' },
          challenge,
        },
        readCertificate(authority.recipients[0].certificate),
      );
      const response = await handle('static', 'pkiclient.exe', postMessage(message));
      return judgeScep(answer({ body: new Uint8Array(await response.arrayBuffer()) }));
    };
    expect(await outcomeFor('secret123')).toBe('served');
    expect(await outcomeFor('wrong')).toBe('refused');
  });

  test.each([
    ['shed', { status: 429, retryAfter: '30' }],
    ['broken', { status: 429 }],
    ['serverError', { status: 503, retryAfter: '30' }],
    ['broken', { status: 400 }],
    ['broken', { contentType: 'text/html' }],
    ['broken', { status: 0 }],
    ['timedOut', { status: 0, timedOut: true }],
  ] as const)('%s: %j', (outcome, fields) => {
    expect(judgeScep(answer(fields))).toBe(outcome);
  });
});

describe('OCSP', () => {
  const response = (status: number) => Uint8Array.of(0x30, 0x03, 0x0a, 0x01, status);

  test('successful is served, tryLater is not', () => {
    expect(judgeOcsp(answer({ contentType: OCSP, body: response(0) }))).toBe('served');
    expect(judgeOcsp(answer({ contentType: OCSP, body: response(3) }))).toBe('refused');
  });

  test('the status stands at the beginning; the same octets further on mean nothing', () => {
    const body = Uint8Array.from([...response(6), ...new Uint8Array(20), ...response(0)]);
    expect(judgeOcsp(answer({ contentType: OCSP, body }))).toBe('refused');
  });
});
