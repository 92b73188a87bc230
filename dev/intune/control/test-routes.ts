/** @module Challenges to order, faults, switches, and what there is to assert on. */
import * as v from 'valibot';
import { queueRevocation, queueRevocations } from '../certificates.js';
import { createDeployment, mintChallenge } from '../challenge/mint.js';
import { MUTATION_NAMES } from '../challenge/mutations.js';
import { DeploymentError } from '../challenge/variables.js';
import { faultSchema } from '../faults.js';
import { json, noContent, parseJson } from '../http/messages.js';
import { rollKeys } from '../state.js';
import { check, readControlBody, refuseControl } from './body.js';
import type { ControlRoute } from './route.js';

const challengeSchema = v.strictObject({
  deviceId: v.string(),
  profileId: v.string(),
  mutation: v.optional(v.picklist(MUTATION_NAMES)),
});

const switchesSchema = v.partial(
  v.strictObject({
    strictScope: v.boolean(),
    missingRoleStatus: v.picklist([401, 403]),
    staleRoles: v.boolean(),
    revocationDownload: v.picklist(['repeat', 'once']),
    expiryInclusive: v.boolean(),
    escapedSubjectBug: v.boolean(),
    ignoreExtraAlternativeNames: v.boolean(),
    firstAttributeOnly: v.boolean(),
    checkRequestSignature: v.boolean(),
    singleUse: v.boolean(),
    omitProviders: v.array(v.string()),
    omitServicePrincipals: v.array(v.string()),
    providerNameCase: v.picklist(['asIs', 'lower', 'upper']),
    nullNames: v.boolean(),
    discoveryPageSize: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))),
    graphPageSize: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))),
  }),
);

/** By thumbprint one that Intune knows; by serial number any, also a foreign one. */
const revocationSchema = v.union([
  v.strictObject({ thumbprint: v.pipe(v.string(), v.toUpperCase()) }),
  v.strictObject({
    serialNumber: v.string(),
    tenantId: v.string(),
    issuerName: v.optional(v.string(), ''),
    caConfiguration: v.optional(v.string(), ''),
  }),
]);

const rollSchema = v.strictObject({ keepPrevious: v.optional(v.boolean(), true) });

export const TEST_ROUTES: readonly ControlRoute[] = [
  {
    method: 'POST',
    path: '/_sim/challenges',
    handle: async ({ state, clock }, request) => {
      const { deviceId, profileId, mutation } = check(challengeSchema, readControlBody(request));
      const device = state.devices.get(deviceId) ?? refuseControl(404, 'there is no such device');
      const profile = state.profiles.get(profileId) ?? refuseControl(404, 'there is no such profile');
      try {
        const deployment = createDeployment(state, profile, device);
        const { challenge, request: asked } = await mintChallenge(state, clock, deployment, mutation);
        return json({ challenge, ...asked }, 201);
      } catch (cause) {
        if (cause instanceof DeploymentError) return refuseControl(409, cause.message);
        throw cause;
      }
    },
  },
  {
    method: 'POST',
    path: '/_sim/tenants/{id}/roll-keys',
    handle: async ({ state }, request, { id = '' }) => {
      const tenant = state.tenants.get(id) ?? refuseControl(404, 'there is no such tenant');
      await rollKeys(tenant, check(rollSchema, readControlBody(request)).keepPrevious);
      return json({ signerThumbprint: tenant.keys.signing.thumbprint });
    },
  },
  {
    method: 'GET',
    path: '/_sim/calls',
    handle: ({ state }, request) => {
      const endpoint = request.query.get('endpoint');
      return json(state.calls.filter((call) => endpoint === null || call.endpoint === endpoint));
    },
  },
  { method: 'GET', path: '/_sim/requests', handle: ({ state }) => json([...state.requests.values()]) },
  {
    method: 'GET',
    path: '/_sim/certificates',
    handle: ({ state }) => json([...state.certificates.values()]),
  },
  { method: 'GET', path: '/_sim/failures', handle: ({ state }) => json(state.failures) },
  { method: 'GET', path: '/_sim/revocations', handle: ({ state }) => json([...state.revocations.values()]) },
  {
    method: 'POST',
    path: '/_sim/revocations',
    handle: ({ state }, request) => {
      const wanted = check(revocationSchema, readControlBody(request));
      if (!('thumbprint' in wanted)) return json(queueRevocation(state, 'requested', wanted), 201);
      const certificate = state.certificates.get(wanted.thumbprint);
      if (!certificate) return refuseControl(404, 'there is no such certificate');
      queueRevocations(state, 'requested', [certificate]);
      return json(certificate, 201);
    },
  },
  { method: 'GET', path: '/_sim/faults', handle: ({ faults }) => json(faults.list()) },
  {
    method: 'POST',
    path: '/_sim/faults',
    handle: ({ faults }, request) => {
      const body = parseJson(request.body);
      const wanted = check(v.array(faultSchema), Array.isArray(body) ? body : [body]);
      return json(
        wanted.map((fault) => faults.add(fault)),
        201,
      );
    },
  },
  {
    method: 'DELETE',
    path: '/_sim/faults',
    handle: ({ faults }) => {
      faults.clear();
      return noContent;
    },
  },
  {
    method: 'DELETE',
    path: '/_sim/faults/{id}',
    handle: ({ faults }, _request, { id = '' }) =>
      faults.remove(id) ? noContent : refuseControl(404, 'there is no such fault'),
  },
  { method: 'GET', path: '/_sim/switches', handle: ({ state }) => json(state.switches) },
  {
    method: 'PATCH',
    path: '/_sim/switches',
    handle: ({ state }, request) => {
      Object.assign(state.switches, check(switchesSchema, readControlBody(request)));
      return json(state.switches);
    },
  },
];
