import { describe, expect, it } from 'vitest';
import { encodeName } from '../../../dev/scep-client/index.js';
import { SkepError } from '../../../lib/base/errors.js';
import { viewAuthority } from '../../../lib/enrollment/authority-view.js';
import { integer, sequence } from '../../../lib/pki/der.js';
import { openRequest } from '../../../lib/scep/open-request.js';
import { readPkiMessage, verifyPkiMessage } from '../../../lib/scep/pki-message.js';
import { createBench, deviceCsr, type MessageKnobs } from '../../support/scep-bench.js';

const bench = await createBench();
const { recipients } = viewAuthority(await bench.parts.authority());
const strict = { legacy: false };
const issuer = encodeName('CN=CA');

const open = (knobs: MessageKnobs, using = recipients) =>
  openRequest(verifyPkiMessage(readPkiMessage(bench.build(knobs)), strict), using, strict);
const codeFrom = async (knobs: MessageKnobs, using = recipients): Promise<string> => {
  const thrown: unknown = await open(knobs, using).then(
    () => 'nothing',
    (error: unknown) => error,
  );
  return thrown instanceof SkepError ? thrown.code : String(thrown);
};

describe('openRequest', () => {
  it('keeps the octets of the request', async () => {
    const messageData = deviceCsr();
    const { request, cipher } = await open({ messageData, cipher: 'aes256' });
    if (request.type !== 'PKCSReq') throw new Error(request.type);
    expect(Buffer.from(request.csr.der)).toEqual(Buffer.from(messageData));
    expect(cipher).toBe('aes256');
  });

  it.each(['RenewalReq', 'UpdateReq'] as const)('%s is a renewal', async (messageType) => {
    const type = messageType === 'UpdateReq' ? 18 : messageType;
    expect((await open({ messageType: type })).request.type).toBe('RenewalReq');
  });

  it.each(['GetCert', 'GetCRL'] as const)('%s names a certificate', async (messageType) => {
    const { request } = await open({ messageType, messageData: sequence(issuer, integer(0x41aa)) });
    expect(request).toEqual({
      type: messageType,
      issuer: expect.anything() as unknown,
      serialNumber: '41AA',
    });
  });

  it('CertPoll names issuer and subject', async () => {
    const messageData = sequence(issuer, encodeName('CN=device'));
    const { request } = await open({ messageType: 'CertPoll', messageData });
    expect(request.type).toBe('CertPoll');
  });

  it('says which of several recipients it was for', async () => {
    const stranger = viewAuthority(await (await createBench({ keys: 'b' })).parts.authority()).recipients[0];
    expect((await open({}, [stranger, recipients[0]])).recipient).toBe(recipients[0]);
    expect(await codeFrom({}, [stranger])).toBe('ERR_SCEP_RECIPIENT');
  });

  it.each([
    ['PKCSReq', sequence(integer(1)), 'ERR_SCEP_UNDECRYPTABLE'],
    ['RenewalReq', new Uint8Array(), 'ERR_SCEP_UNDECRYPTABLE'],
    ['GetCert', sequence(issuer), 'ERR_CERT_UNKNOWN'],
    ['GetCert', sequence(issuer, integer(1), integer(1)), 'ERR_CERT_UNKNOWN'],
    ['GetCRL', deviceCsr(), 'ERR_CERT_UNKNOWN'],
    ['CertPoll', sequence(issuer, integer(1)), 'ERR_CERT_UNKNOWN'],
  ] as const)('%s with other contents', async (messageType, messageData, code) => {
    expect(await codeFrom({ messageType, messageData })).toBe(code);
  });

  it('lets an outage of the key be one', async () => {
    const away = {
      ...recipients[0],
      decrypter: { unwrap: () => Promise.reject(new SkepError('ERR_SIGNER_UNAVAILABLE')) },
    };
    expect(await codeFrom({}, [away])).toBe('ERR_SIGNER_UNAVAILABLE');
  });
});
