/** @module Everything that is to be sent, made before the clock runs: each request with a key of its own. */
import { X509Certificate, type KeyObject } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { readCertificate, type CaCertificates } from '../../dev/scep-client/index.js';
import { toBase64 } from '../../lib/base/bytes.js';
import type { Certificate } from '../../lib/pki/certificate.js';
import { readCa } from '../bench/peers.js';
import { checkAnswer, prepareKeys, prepareRequest, type PreparedRequest } from '../bench/requests.js';
import { encodeCertId, encodeOcspRequest } from '../support/ocsp-request.js';
import type { Progress } from '../support/progress.js';
import type { DeviceIdentity } from './challenges.js';
import type { LoadRequests, ScenarioName } from './plan.js';
import type { LoadTarget } from './target.js';

export interface Prepared {
  readonly requests: LoadRequests;
  readonly ocspUrl: string;
}

interface EnrolledDevice {
  readonly identity: DeviceIdentity;
  readonly key: KeyObject;
  readonly certificate: Certificate;
}

/** Enrollments at once while the fleet is made that the load is about. */
const ENROLLERS = 8;
const TRIES = 20;

/** Which of the three lists a scenario sends. */
const SENDS = {
  enroll: { enrollments: true, renewals: false, ocsp: false },
  renewal: { enrollments: false, renewals: true, ocsp: false },
  ocsp: { enrollments: false, renewals: false, ocsp: true },
  mixed: { enrollments: true, renewals: true, ocsp: true },
  overload: { enrollments: true, renewals: false, ocsp: false },
} as const satisfies Record<ScenarioName, Record<keyof LoadRequests, boolean>>;

/** Renewals and OCSP need certificates: then the fleet enrolls first, for real. */
export async function prepareLoad(
  target: LoadTarget,
  scenario: ScenarioName,
  devices: number,
  progress: Progress,
): Promise<Prepared> {
  const sends = SENDS[scenario];
  const keys = await prepareKeys(devices, undefined, progress.step('Keys', devices));
  const ca = await readCa(target.scepUrl);

  const onRequest = progress.step('Requests', devices);
  const enrollments: PreparedRequest[] = [];
  for (const key of sends.enrollments ? keys : []) {
    enrollments.push(await prepareEnrollment(await target.createDevice(), key, ca));
    onRequest();
  }
  const fleet =
    sends.renewals || sends.ocsp
      ? await enrollFleet(target, keys, ca, progress.step('Certificates to begin with', devices))
      : [];
  const renewals: PreparedRequest[] = [];
  const onRenewal = progress.step('Renewals', fleet.length);
  for (const [index, device] of sends.renewals ? fleet.entries() : []) {
    // Intune's renewals have new keys; the neighbour's is new to this device.
    const key = keys[(index + 1) % keys.length] ?? device.key;
    renewals.push(await prepareRenewal(target, device, key, ca));
    onRenewal();
  }
  progress.end();

  const base64 = (list: readonly PreparedRequest[]) => list.map(({ message }) => toBase64(message));
  const certId = ({ certificate }: EnrolledDevice) => encodeCertId(ca.ca.der, certificate.serialNumber);
  return {
    requests: {
      enrollments: base64(enrollments),
      renewals: base64(renewals),
      ocsp: sends.ocsp ? fleet.map((device) => toBase64(encodeOcspRequest([certId(device)]))) : [],
    },
    ocspUrl: target.ocspUrl ?? ocspUrlOf(fleet[0]?.certificate),
  };
}

async function prepareEnrollment(
  device: DeviceIdentity,
  key: KeyObject,
  ca: CaCertificates,
): Promise<PreparedRequest> {
  const { subject, alternativeName } = device;
  const subjectAltName = { type: 'uri', value: alternativeName } as const;
  return prepareRequest({ key, subject, subjectAltName, challenge: await device.challenge() }, ca.encryption);
}

async function prepareRenewal(
  { renewsByCertificate }: LoadTarget,
  { identity, key: oldKey, certificate }: EnrolledDevice,
  key: KeyObject,
  ca: CaCertificates,
): Promise<PreparedRequest> {
  if (!renewsByCertificate) return prepareEnrollment(identity, key, ca);
  return prepareRequest(
    {
      key,
      subject: identity.subject,
      subjectAltName: { type: 'uri', value: identity.alternativeName },
      messageType: 'RenewalReq',
      signer: { key: oldKey, certificate: readCertificate(certificate.der) },
    },
    ca.encryption,
  );
}

async function enrollFleet(
  target: LoadTarget,
  keys: readonly KeyObject[],
  ca: CaCertificates,
  onEnrolled: () => void,
): Promise<EnrolledDevice[]> {
  const fleet: EnrolledDevice[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let key = keys[next++]; key; key = keys[next++]) {
      const identity = await target.createDevice();
      const request = await prepareEnrollment(identity, key, ca);
      const certificate = checkAnswer(request, await post(target.scepUrl, request.message), ca);
      fleet.push({ identity, key, certificate });
      onEnrolled();
    }
  };
  await Promise.all(Array.from({ length: ENROLLERS }, work));
  return fleet;
}

/** @throws {Error} for anything but an answer, or "come back later". */
async function post(scepUrl: string, message: Uint8Array): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${scepUrl}?operation=PKIOperation`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-pki-message' },
      body: Buffer.from(message),
    });
    const body = new Uint8Array(await response.arrayBuffer());
    if (response.status === 200) return body;
    if (response.status !== 429 || attempt === TRIES) {
      throw new Error(`an enrollment was answered HTTP ${response.status}: ${Buffer.from(body).toString()}`);
    }
    await delay(Number(response.headers.get('retry-after') ?? 1) * 1000);
  }
}

/** Empty without a certificate: then nothing is asked. */
function ocspUrlOf(certificate: Certificate | undefined): string {
  if (!certificate) return '';
  const { infoAccess = '' } = new X509Certificate(certificate.der);
  const [, url] = /^OCSP - URI:(\S+)$/m.exec(infoAccess) ?? [];
  if (url === undefined) throw new Error('the certificates name no OCSP responder');
  return url;
}
