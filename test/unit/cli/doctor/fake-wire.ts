/** A server of answers, in place of the network: a sound one unless a test says otherwise. */
import type { Clock } from '../../../../lib/base/clock.js';
import { systemRandom } from '../../../../lib/base/random.js';
import { createPatient, type Patient, type PatientOptions } from '../../../../cli/doctor/patient.js';
import { parseTarget } from '../../../../cli/doctor/target.js';
import {
  WireError,
  type Handshake,
  type Wire,
  type WireAnswer,
  type WireRequest,
} from '../../../../cli/doctor/wire.js';
import {
  createFakeServer,
  type FakeAuthority,
  type FakeServerOptions,
} from '../../scep-client/fake-scep-server.js';

export const NOW = new Date('2026-12-01T12:00:00Z');
export const DAY_MS = 86_400_000;
export const clock: Clock = { now: () => NOW };

export const after = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS);

export const answer = (
  body: string | Uint8Array = '',
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): WireAnswer => {
  const bytes = new Uint8Array(typeof body === 'string' ? Buffer.from(body) : body);
  return {
    status,
    headers: { 'content-length': String(bytes.length), date: NOW.toUTCString(), ...headers },
    body: bytes,
    at: NOW,
    renegotiated: false,
  };
};

const SHAKEN: Handshake = {
  protocol: 'TLSv1.2',
  certificate: {
    subject: 'CN=skep.example',
    issuer: 'CN=Public',
    notBefore: after(-30),
    notAfter: after(60),
  },
  certificateRequested: false,
};

export interface FakeWireOptions extends FakeServerOptions {
  readonly resolve?: Wire['resolve'];
  readonly connect?: Wire['connect'];
  readonly shake?: Wire['shake'];
  /** Default: what the fake SCEP server answers. */
  readonly send?: (request: WireRequest) => WireAnswer | undefined;
}

export const fails = (code: string) => () => Promise.reject(new WireError(code));

export const shaken =
  (changes: Partial<Handshake>, certificate: Partial<Handshake['certificate']> = {}) =>
  () =>
    Promise.resolve({ ...SHAKEN, ...changes, certificate: { ...SHAKEN.certificate, ...certificate } });

export function fakePatient(
  authority: FakeAuthority,
  { resolve, connect, shake, send, ...server }: FakeWireOptions = {},
  { url = 'https://skep.example', ...options }: Partial<PatientOptions> & { readonly url?: string } = {},
): Patient {
  const refusal = { pkiStatus: 'FAILURE', failInfo: 'badRequest' } as const;
  const scep = createFakeServer(authority, {
    answer: () => ({ ...refusal, messageData: undefined }),
    ...server,
  });
  const wire: Wire = {
    resolve: resolve ?? (() => Promise.resolve(['192.0.2.1'])),
    connect: connect ?? (() => Promise.resolve()),
    shake: shake ?? shaken({}),
    async send(request) {
      const prepared = send?.(request);
      if (prepared) return prepared;
      // The fake server reads its query as a form; in a SCEP query `+` is data.
      const response = await scep.fetch(request.url.replaceAll('+', '%2B'), {
        method: request.method ?? 'GET',
        ...(request.body ? { body: new Uint8Array(request.body) } : {}),
      });
      const headers = Object.fromEntries(response.headers);
      return answer(new Uint8Array(await response.arrayBuffer()), headers, response.status);
    },
  };
  return createPatient({ target: parseTarget(url), wire, clock, random: systemRandom, ...options });
}
