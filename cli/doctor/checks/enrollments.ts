/** @module Real enrollments with a challenge of an administrator's, one for each platform; and tidying up after them. */
import { DAY_MS, HOUR_MS } from '../../../lib/base/clock.js';
import { OID, type Certificate } from '../../../dev/scep-client/index.js';
import { CliError } from '../../terminal.js';
import type { Check } from '../check.js';
import { judgeClientFailure } from '../client-faults.js';
import { askAs, makeKey, type ClientName } from '../clients.js';
import { attention, bad, good, skipped, type Outcome } from '../outcome.js';
import { bundleOf, type Patient } from '../patient.js';
import type { CheckId } from '../questions.js';
import { randomName } from '../random-name.js';
import type { WireAnswer } from '../wire.js';
import { createWireFetch } from '../wire-fetch.js';

/** The shortest that Intune can ask for is a day; the server may cut up to half, to spread renewals. */
const VALIDITY_DAYS = 2;
const SHORTEST_MS = DAY_MS;
const LONGEST_MS = VALIDITY_DAYS * DAY_MS + HOUR_MS;

const NO_CHALLENGE = skipped('no challenge was given: --static-challenge, or SKEP_STATIC_CHALLENGE');

interface EnrollmentRow {
  readonly id: CheckId;
  readonly client: ClientName;
  /** Whether its request holds the validity of the profile. */
  readonly asksValidity: boolean;
}

const ROWS: readonly EnrollmentRow[] = [
  { id: 'enroll-windows', client: 'windows', asksValidity: true },
  { id: 'enroll-android', client: 'android', asksValidity: true },
  { id: 'enroll-apple', client: 'apple', asksValidity: false },
];

const createEnrollmentCheck = ({ id, client, asksValidity }: EnrollmentRow): Check => ({
  id,
  // A challenge is sent to nobody but the server that was found to be the right one.
  needs: ['url', 'request-windows'],
  async look(patient) {
    const { target, wire, challenge } = patient;
    if (challenge === undefined) return NO_CHALLENGE;
    const url = target.staticUrl;
    const subject = randomName(client, patient);
    const asked = `PKCSReq with the challenge to ${url}, for ${subject}, 2 days`;
    let reply: WireAnswer | undefined;
    const fetch = createWireFetch(wire, (_url, answer) => {
      reply = answer;
    });
    const { ca } = bundleOf(patient);
    try {
      const key = await makeKey();
      const request = { url, subject, challenge, validityDays: VALIDITY_DAYS, key, fetch };
      const result = await askAs(client, { ...request, caThumbprint: ca.thumbprint }, patient);
      if (result.status === 'issued') {
        patient.issued.push({ client, certificate: result.certificate, ca });
        return judge(result.certificate, asked, asksValidity, patient);
      }
      const found = result.status === 'refused' ? `FAILURE ${result.failInfo}` : 'PENDING';
      return bad('enroll-refused', asked, found);
    } catch (thrown) {
      return judgeClientFailure(thrown, asked, reply);
    }
  },
});

function judge(certificate: Certificate, asked: string, asksValidity: boolean, { clock }: Patient): Outcome {
  const { notBefore, notAfter, serialHex, extendedKeyUsage } = certificate;
  const now = clock.now().getTime();
  const leftMs = notAfter.getTime() - now;
  const found = `certificate ${serialHex}, until ${notAfter.toISOString()}`;
  if (notBefore.getTime() > now)
    return bad('not-yet-valid', asked, `${found}, from ${notBefore.toISOString()}`);
  if (asksValidity && (leftMs > LONGEST_MS || leftMs < SHORTEST_MS))
    return bad('validity-ignored', asked, found);
  if (!extendedKeyUsage.includes(OID.clientAuth))
    return bad('not-one-certificate', asked, `${found}, without the purpose clientAuth that was asked for`);
  return good(asked, `one ${found}`);
}

const leftBehind: Check = {
  id: 'left-behind',
  needs: [],
  async look({ issued, management }) {
    if (issued.length === 0) return skipped('no certificate was issued');
    const serials = issued.map(({ certificate }) => certificate.serialHex);
    if (!management) return stillThere(serials, 'nobody is signed in');
    const asked = `revocation of ${serials.join(', ')}, as who is signed in`;
    for (const [index, serial] of serials.entries()) {
      try {
        await management.post(`certificates/${serial}/revoke`, { reason: 'cessationOfOperation' });
      } catch (thrown) {
        if (!(thrown instanceof CliError)) throw thrown;
        return stillThere(serials.slice(index), thrown.message);
      }
    }
    return good(asked, 'revoked');
  },
};

function stillThere(serials: readonly string[], because: string): Outcome {
  const commands = serials.map((serial) => `skep revoke ${serial} --reason cessationOfOperation`);
  return attention('left-behind', 'who may revoke', `${because}; still valid: ${serials.join(', ')}`, {
    remedy: `Revoke them, or let them end: ${commands.join('; ')}`,
  });
}

export const ENROLLMENTS = ROWS.map(createEnrollmentCheck);
export const AFTERWARDS = [leftBehind];
