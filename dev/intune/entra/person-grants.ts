/** @module Tokens for an app in the name of a person: by password, or by the code that the person typed. */
import { PUBLIC_CLIENTS, RESOURCES } from '../constants.js';
import { json, type SimulatorResponse } from '../http/messages.js';
import type { Administrator } from '../model.js';
import type { Service } from '../service.js';
import { refuseToken } from './errors.js';
import { findResource } from './grants.js';

const LIFETIME_SECONDS = 3599;

export interface PersonGrant {
  readonly person: Administrator;
  readonly clientId: string;
  /** Audience and permissions, separated by spaces. */
  readonly scope: string;
}

type PersonGrantType = (
  service: Service,
  tenantId: string,
  clientId: string,
  form: URLSearchParams,
) => PersonGrant;

const byDeviceCode: PersonGrantType = ({ state, clock }, tenantId, clientId, form) => {
  const now = clock.now();
  const code = state.deviceCodes.get(form.get('device_code') ?? '');
  if (code?.tenantId !== tenantId || code.clientId !== clientId || code.expiresAt < now.toISOString())
    return refuseToken(70020, now);
  if (code.state === 'pending') return refuseToken(70016, now);
  state.deviceCodes.delete(code.deviceCode);
  if (code.state === 'declined') return refuseToken(65004, now);
  const person = state.administrators.get(code.state.administratorId) ?? refuseToken(50126, now);
  return { person, clientId, scope: code.scope };
};

/** By grant type. @throws {Problem} an Entra error when nobody, or not this person, signed in. */
export const PERSON_GRANTS: Readonly<Record<string, PersonGrantType>> = {
  password: (service, tenantId, clientId, form) => {
    const now = service.clock.now();
    if (!PUBLIC_CLIENTS.has(clientId)) refuseToken(700016, now);
    const name = form.get('username')?.toLowerCase();
    const person = [...service.state.administrators.values()].find(
      (row) => row.tenantId === tenantId && row.userPrincipalName.toLowerCase() === name,
    );
    if (!person || person.password !== form.get('password')) refuseToken(50126, now);
    return { person, clientId, scope: form.get('scope') ?? refuseToken(900144, now) };
  },
  // The name of the standard (RFC 8628), and the one that MSAL uses.
  'urn:ietf:params:oauth:grant-type:device_code': byDeviceCode,
  device_code: byDeviceCode,
};

/** @throws {Problem} when a permission was asked for that the person cannot give. */
export async function grantToPerson(
  service: Service,
  { person, clientId, scope }: PersonGrant,
  issuer: string,
): Promise<SimulatorResponse> {
  const { audience, permissions } = readScope(service, scope, person);
  const { tokens } = service;
  return json(
    {
      token_type: 'Bearer',
      scope: permissions.map((name) => `${audience}/${name}`).join(' '),
      expires_in: LIFETIME_SECONDS,
      ext_expires_in: LIFETIME_SECONDS,
      access_token: await tokens.issueFor(person, {
        audience,
        clientId,
        lifetimeSeconds: LIFETIME_SECONDS,
        permissions,
      }),
      id_token: await tokens.issueIdToken(person, clientId, issuer),
      client_info: toBase64Url({ uid: person.id, utid: person.tenantId }),
    },
    200,
    { 'cache-control': 'no-store' },
  );
}

/** `.default` stands for all that the person was ever asked for: all that they can give. */
function readScope(service: Service, scope: string, { permissions }: Administrator) {
  const now = service.clock.now();
  const asked = scope.split(' ').filter((word) => word.includes('://'));
  const split = asked.map((word) => /^(.+?)\/+([^/]+)$/.exec(word) ?? refuseToken(70011, now));
  const [first] = split;
  const audience = first?.[1] ?? refuseToken(70011, now);
  if (findResource(audience) !== 'graph') refuseToken(500011, now);
  const names = split.map(([, , name = '']) => name);
  if (names.includes('.default')) return { audience: GRAPH, permissions };
  if (!names.every((name) => permissions.includes(name))) refuseToken(65001, now);
  return { audience: GRAPH, permissions: names };
}

const GRAPH = RESOURCES.graph.replace(/\/$/, '');

const toBase64Url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
