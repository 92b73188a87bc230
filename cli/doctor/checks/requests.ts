/** @module A request without a challenge, as each platform sends it: a signed refusal proves all but the issuing. */
import { randomName } from '../random-name.js';
import type { Check } from '../check.js';
import { judgeClientFailure } from '../client-faults.js';
import { askAs, type ClientName, type ClientResult } from '../clients.js';
import { bad, good, type Outcome } from '../outcome.js';
import { bundleOf, type Patient } from '../patient.js';
import type { CheckId } from '../questions.js';
import type { WireAnswer } from '../wire.js';
import { createWireFetch } from '../wire-fetch.js';

const VALIDITY_DAYS = 2;

const NEEDS: readonly CheckId[] = [
  'capabilities',
  'ca-thumbprint',
  'ra-issuer',
  'ra-key-usage',
  'ra-extended-key-usage',
];

interface RequestRow {
  readonly id: CheckId;
  readonly client: ClientName;
  readonly how: string;
  readonly byGet?: boolean;
}

const ROWS: readonly RequestRow[] = [
  {
    id: 'request-windows',
    client: 'windows',
    how: 'POST, RSA-OAEP, AES-256, a self-signed signer with a critical key identifier',
  },
  {
    id: 'request-apple',
    client: 'apple',
    byGet: true,
    how: 'GET with + and / in the query, BER, a throw-away signer of another key, a nonce of 8 octets',
  },
  { id: 'request-android', client: 'android', how: 'POST as octet-stream, BER, message=ca' },
];

const createRequestCheck = ({ id, client, how, byGet }: RequestRow): Check => ({
  id,
  needs: NEEDS,
  async look(patient) {
    const { target, wire } = patient;
    const url = target.scepUrl;
    const asked = `PKCSReq without a challenge to ${url} (${how})`;
    let reply: WireAnswer | undefined;
    const fetch = createWireFetch(wire, (_url, answer) => {
      reply = answer;
    });
    try {
      const result = await askAs(
        client,
        {
          url,
          subject: randomName(client, patient),
          challenge: '',
          validityDays: VALIDITY_DAYS,
          caThumbprint: bundleOf(patient).ca.thumbprint,
          key: await patient.spareKey(),
          fetch,
          ...(byGet ? { byGet } : {}),
        },
        patient,
      );
      if (reply) patient.replies.push(reply);
      return judge(result, client, asked, patient);
    } catch (thrown) {
      const failure = judgeClientFailure(thrown, asked, reply);
      const { found, hresult } = failure;
      // The same request works by POST: it is the length of the URL, or the method.
      return byGet && failure.fault === 'request-http'
        ? bad('get-refused', asked, found, { hresult })
        : failure;
    }
  },
});

function judge(result: ClientResult, client: ClientName, asked: string, patient: Patient): Outcome {
  switch (result.status) {
    case 'refused':
      return good(asked, `refused (${result.failInfo}): signed by the RA, for this request`);
    case 'pending':
      return good(asked, 'PENDING: signed by the RA, for this request');
    case 'issued': {
      const { certificate } = result;
      patient.issued.push({ client, certificate, ca: bundleOf(patient).ca });
      return bad('issued-without-challenge', asked, `certificate ${certificate.serialHex}`);
    }
  }
}

export const REQUESTS = ROWS.map(createRequestCheck);
