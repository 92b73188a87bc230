/** @module A device's and a certificate authority's side of the Intune simulator. */
import { createHash } from 'node:crypto';
import { SEED_IDS } from '../../dev/intune/seed.js';
import type { IntuneSimulator } from '../../dev/intune/server.js';
import { certificatesOf } from '../../dev/intune/state.js';
import { recordCertificate } from '../../dev/intune/certificates.js';
import type { IssuedCertificate } from '../../dev/intune/model.js';
import { toBase64, toHex } from '../../lib/base/bytes.js';
import { extendedKeyUsage, keyUsage } from '../../lib/pki/extensions.js';
import { OID } from '../../lib/pki/oids.js';
import { altNames, buildRequest, type RequestFields } from './request-builder.js';

export const INTUNE_SCOPE = 'https://api.manage.microsoft.com//.default';
export const GRAPH_SCOPE = 'https://graph.microsoft.com/.default';

/** The extensions that the seeded profile asks for. */
export const SEED_EXTENSIONS = {
  names: altNames(['uri', `IntuneDeviceId://${SEED_IDS.device}`]),
  keyUsage: keyUsage(['digitalSignature', 'keyEncipherment']),
  extendedKeyUsage: extendedKeyUsage([OID.clientAuth]),
} as const;

/** Base64 of the request that the seeded device would send, with what a test changes about it. */
export function requestFor(challenge: string, changes: RequestFields = {}): string {
  return toBase64(
    buildRequest({
      subject: `CN=${SEED_IDS.device}`,
      challenge,
      extensions: Object.values(SEED_EXTENSIONS),
      ...changes,
    }),
  );
}

/** Mints for the seeded device and profile. */
export async function mintSeeded(
  simulator: IntuneSimulator,
  mutation?: Parameters<IntuneSimulator['mintChallenge']>[2],
): Promise<string> {
  const { challenge } = await simulator.mintChallenge(SEED_IDS.device, SEED_IDS.profile, mutation);
  return challenge;
}

/** Lets the seeded device have a certificate as if enrolled now, for `lifetimeMs`. */
export async function installCertificate(
  simulator: IntuneSimulator,
  lifetimeMs: number,
): Promise<IssuedCertificate> {
  const { request, challenge } = await simulator.mintChallenge(SEED_IDS.device, SEED_IDS.profile);
  const now = simulator.clock.now();
  const thumbprint = toHex(createHash('sha1').update(challenge).digest());
  recordCertificate(simulator.state, now, request, {
    transactionId: 'T',
    thumbprint,
    serialNumber: thumbprint.slice(0, 32),
    expiresAt: new Date(now.getTime() + lifetimeMs).toISOString(),
    issuer: 'CN=Test CA',
    caConfiguration: 'test',
    certificateAuthority: 'Test CA',
  });
  const installed = certificatesOf(simulator.state, SEED_IDS.device).at(-1);
  if (!installed) throw new Error('the certificate was not recorded');
  return installed;
}

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export async function readAnswer(pending: Promise<Response>): Promise<JsonAnswer> {
  const response = await pending;
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

/** Calls the control API. */
export function control(
  simulator: IntuneSimulator,
  method: string,
  path: string,
  body?: unknown,
): Promise<JsonAnswer> {
  return readAnswer(
    fetch(`${simulator.url}/_sim/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
}

/** Asks for a token with the seeded secret, or with what a test changes about the form or the tenant. */
export function askToken(
  simulator: IntuneSimulator,
  changes: Readonly<Record<string, string>> = {},
  tenant: string = SEED_IDS.tenant,
): Promise<JsonAnswer> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: SEED_IDS.client,
    client_secret: SEED_IDS.clientSecret,
    scope: INTUNE_SCOPE,
    ...changes,
  });
  return readAnswer(fetch(`${simulator.url}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body: form }));
}

export async function getToken(
  simulator: IntuneSimulator,
  scope: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { body } = await askToken(simulator, { scope, ...changes });
  return String(body['access_token']);
}

export const INTUNE_APP = '0000000a-0000-0000-c000-000000000000';

export function listEndpoints(simulator: IntuneSimulator, token: string): Promise<JsonAnswer> {
  return readAnswer(
    fetch(`${simulator.url}/v1.0/servicePrincipals/appId=${INTUNE_APP}/endpoints`, {
      headers: { authorization: `Bearer ${token}` },
    }),
  );
}

/** Base URL of a service by the name that Graph lists. */
export async function discover(simulator: IntuneSimulator, providerName: string): Promise<string> {
  const { body } = await listEndpoints(simulator, await getToken(simulator, GRAPH_SCOPE));
  const rows = body['value'] as { providerName: string | null; uri: string }[];
  const row = rows.find((candidate) => candidate.providerName === providerName);
  if (!row) throw new Error(`no ${providerName}`);
  return row.uri;
}

/** Posts to an Intune action. A header of undefined is left out. */
export function callAction(
  url: string,
  token: string,
  body: unknown,
  headers: Readonly<Record<string, string | undefined>> = {},
): Promise<JsonAnswer> {
  const all: Readonly<Record<string, string | undefined>> = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json; charset=utf-8',
    'api-version': '2018-02-20',
    'client-request-id': '00000000-0000-4000-8000-0000000000aa',
    ...headers,
  };
  const present = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return readAnswer(fetch(url, { method: 'POST', headers: present, body: JSON.stringify(body) }));
}
