/** @module The three clients of Intune, each asking once as it does on a device (dev/devices). */
import type { KeyObject } from 'node:crypto';
import { createAndroidDevice } from '../../dev/devices/android.js';
import { createAppleDevice } from '../../dev/devices/apple.js';
import { attemptEnrollment, NDES_USER_AGENT } from '../../dev/devices/windows-attempt.js';
import {
  generateRsaKey,
  OID,
  type Certificate,
  type EnrollResult,
  type FailInfoName,
  type Fetch,
} from '../../dev/scep-client/index.js';
import { KEY_BITS, type Patient } from './patient.js';

export type ClientName = 'windows' | 'apple' | 'android';

export interface ClientRequest {
  readonly url: string;
  readonly subject: string;
  /** Empty: the request carries none. */
  readonly challenge: string;
  readonly validityDays: number;
  /** SHA-1 of the CA certificate, hex. */
  readonly caThumbprint: string;
  readonly key: KeyObject;
  readonly fetch: Fetch;
  /** Apple: in the URL, whatever the server offers. */
  readonly byGet?: boolean;
}

export type ClientResult =
  | { readonly status: 'issued'; readonly certificate: Certificate }
  | { readonly status: 'refused'; readonly failInfo: FailInfoName; readonly text: string | undefined }
  | { readonly status: 'pending' };

const KEY_USAGE = 0xa0;
/** Android refuses a profile without one; the name belongs to nobody (RFC 6761). */
const ALTERNATIVE_NAME = { type: 'dns', value: 'doctor.invalid' } as const;

export const makeKey = (): Promise<KeyObject> => generateRsaKey(KEY_BITS);

/** @throws {ScepClientError} for everything but a signed answer. */
export async function askAs(
  client: ClientName,
  request: ClientRequest,
  patient: Patient,
): Promise<ClientResult> {
  return client === 'windows' ? askAsWindows(request, patient) : askAsMobile(client, request, patient);
}

async function askAsWindows(request: ClientRequest, { clock, random }: Patient): Promise<ClientResult> {
  const { url, subject, challenge, validityDays, caThumbprint, key, fetch } = request;
  const result = await attemptEnrollment({
    settings: {
      serverUrls: [url],
      challenge,
      extendedKeyUsage: [OID.clientAuth],
      keyUsage: ['digitalSignature', 'keyEncipherment'],
      subjectName: subject,
      subjectAltNames: [ALTERNATIVE_NAME],
      keyLength: KEY_BITS,
      keyProtection: 3,
      keyIdentifiers: [],
      hashFamilies: ['SHA-2'],
      caThumbprint,
      validity: { period: 'Days', units: validityDays },
      // PENDING is an answer here, not something to wait for.
      retryCount: 0,
      retryDelayMinutes: 1,
    },
    serverUrl: url,
    key,
    keyProvider: 'software',
    fetch,
    userAgent: NDES_USER_AGENT,
    clock,
    random,
    sleep: () => Promise.resolve(),
    emit: () => undefined,
    keyTransport: 'oaep-sha1',
    cipher: undefined,
    computerName: 'SKEP-DOCTOR',
    request: {},
    message: {},
  });
  switch (result.status) {
    case 'installed':
      return { status: 'issued', certificate: result.certificate };
    case 'refused': {
      const { failInfo, failInfoText: text } = result.reply;
      return { status: 'refused', failInfo, text };
    }
    case 'pending':
      return { status: 'pending' };
  }
}

async function askAsMobile(
  client: 'apple' | 'android',
  { url, subject, challenge, validityDays, key, fetch, byGet = false }: ClientRequest,
  { clock, random }: Patient,
): Promise<ClientResult> {
  const options = { fetch, clock, random, method: byGet ? 'GET' : 'auto' } as const;
  // The first key is the certificate's; Apple's second, for its throw-away signer, is made anew.
  let first: KeyObject | undefined = key;
  const keys = async (): Promise<KeyObject> => {
    const given = first;
    first = undefined;
    return given ?? (await makeKey());
  };
  const device = (client === 'apple' ? createAppleDevice : createAndroidDevice)({ ...options, keys });
  const result: EnrollResult = await device.enroll({
    url,
    challenge,
    subject,
    subjectAltNames: [ALTERNATIVE_NAME],
    keyUsage: KEY_USAGE,
    extendedKeyUsage: [OID.clientAuth],
    keyLength: KEY_BITS,
    validity: { period: 'Days', units: validityDays },
  });
  switch (result.status) {
    case 'SUCCESS':
      return { status: 'issued', certificate: result.certificate };
    case 'FAILURE':
      return { status: 'refused', failInfo: result.failInfo, text: result.failInfoText };
    case 'PENDING':
      return { status: 'pending' };
  }
}
