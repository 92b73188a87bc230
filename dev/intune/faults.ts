/** @module Faults that a test lays in the way of a caller: per endpoint, limited by count. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { json, parseJson, type SimulatorResponse } from './http/messages.js';
import type { EndpointName } from './model.js';
import type { Relocation } from './relocation.js';

const ENDPOINTS = [
  'metadata',
  'token',
  'deviceCode',
  'managedIdentity',
  'discovery',
  'servicePrincipals',
  'appRoleAssignments',
  'graphManagedDevices',
  'graphDevices',
  'graphUsers',
  'graphGroups',
  'graphConfigurations',
  'validateRequest',
  'successNotification',
  'failureNotification',
  'downloadRevocationRequests',
  'uploadRevocationResults',
] as const satisfies readonly EndpointName[];

const common = {
  /** Where it strikes; `any` is every production-like endpoint. */
  endpoint: v.optional(v.picklist([...ENDPOINTS, 'any']), 'any'),
  /** How often; null is for ever. */
  count: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))), null),
  /** `before` the call has its effect, or `after`: done, but the answer is spoiled. */
  when: v.optional(v.picklist(['before', 'after']), 'before'),
};

export const faultSchema = v.variant('kind', [
  v.strictObject({
    ...common,
    kind: v.literal('latency'),
    ms: v.pipe(v.number(), v.minValue(0), v.maxValue(600_000)),
  }),
  v.strictObject({
    ...common,
    kind: v.literal('status'),
    status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
    retryAfterSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  }),
  v.strictObject({ ...common, kind: v.literal('reset') }),
  v.strictObject({ ...common, kind: v.literal('nonJson') }),
  v.strictObject({ ...common, kind: v.literal('missingCode') }),
  v.strictObject({
    ...common,
    kind: v.literal('unknownCode'),
    code: v.optional(v.string(), 'CodeFromTheFuture'),
  }),
  /** Endpoint and count say nothing here: the service moves once and stays there. */
  v.strictObject({ ...common, kind: v.literal('movedUri'), scaleUnit: v.optional(v.string()) }),
  /** Tokens handed out now live this long; a negative value makes them expired at birth. */
  v.strictObject({ ...common, kind: v.literal('tokenExpiry'), seconds: v.number() }),
  /** Tokens handed out now lack these roles, or all of them. */
  v.strictObject({ ...common, kind: v.literal('roleRemoval'), roles: v.optional(v.array(v.string())) }),
]);

type Fault = v.InferOutput<typeof faultSchema>;
export type FaultInput = v.InferInput<typeof faultSchema>;
type FaultOf<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

interface LaidFault {
  readonly id: string;
  readonly fault: Fault;
  /** Strikes left; null is for ever. */
  remaining: number | null;
  /** Times it struck. */
  hits: number;
}

export interface FaultBook {
  add(fault: FaultInput): LaidFault;
  list(): readonly LaidFault[];
  remove(id: string): boolean;
  clear(): void;
  /** Uses up one strike of every fault of these kinds that is aimed at the endpoint. */
  take<K extends Fault['kind']>(
    endpoint: EndpointName,
    kinds: readonly K[],
    when?: Fault['when'],
  ): readonly FaultOf<K>[];
}

/** @param relocation is told of a `movedUri` when it is laid, and of the end of all faults. */
export function createFaultBook(relocation: Relocation): FaultBook {
  const laid = new Map<string, LaidFault>();
  return {
    add: (input) => {
      const fault = v.parse(faultSchema, input);
      const row: LaidFault = { id: randomUUID(), fault, remaining: fault.count, hits: 0 };
      laid.set(row.id, row);
      if (fault.kind === 'movedUri') relocation.move(fault.scaleUnit);
      return row;
    },
    list: () => [...laid.values()],
    remove: (id) => laid.delete(id),
    clear: () => {
      laid.clear();
      relocation.reset();
    },
    take: <K extends Fault['kind']>(
      endpoint: EndpointName,
      kinds: readonly K[],
      when: Fault['when'] = 'before',
    ) => {
      const taken: FaultOf<K>[] = [];
      for (const row of laid.values()) {
        const { fault } = row;
        if (row.remaining === 0 || fault.when !== when) continue;
        if (fault.endpoint !== 'any' && fault.endpoint !== endpoint) continue;
        if (!(kinds as readonly string[]).includes(fault.kind)) continue;
        if (row.remaining !== null) row.remaining -= 1;
        row.hits += 1;
        taken.push(fault as FaultOf<K>);
      }
      return taken;
    },
  };
}

type Answer = SimulatorResponse | 'reset';

/** Faults that replace or spoil an answer, in this order of strength. */
const SPOILERS = ['reset', 'status', 'nonJson', 'missingCode', 'unknownCode'] as const;

/** Runs a call under the faults that are laid for its endpoint. */
export async function underFaults(
  book: FaultBook,
  endpoint: EndpointName,
  call: () => Promise<SimulatorResponse>,
): Promise<Answer> {
  for (const { ms } of book.take(endpoint, ['latency'])) await delay(ms);
  const [before] = book.take(endpoint, SPOILERS);
  if (before) return spoil(before, json({}));
  const answer = await call();
  for (const { ms } of book.take(endpoint, ['latency'], 'after')) await delay(ms);
  const [after] = book.take(endpoint, SPOILERS, 'after');
  return after ? spoil(after, answer) : answer;
}

function spoil(fault: FaultOf<(typeof SPOILERS)[number]>, answer: SimulatorResponse): Answer {
  switch (fault.kind) {
    case 'reset':
      return 'reset';
    case 'status':
      return json(gatewayError(fault.status), fault.status, {
        ...(fault.retryAfterSeconds !== undefined && { 'retry-after': String(fault.retryAfterSeconds) }),
      });
    case 'nonJson':
      return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Service gateway</html>' };
    case 'missingCode':
      return editBody(answer, ({ code: _code, ...rest }) => rest);
    case 'unknownCode':
      return editBody(answer, (body) => ({ ...body, code: fault.code, errorDescription: 'Laid by a test.' }));
  }
}

function editBody(
  answer: SimulatorResponse,
  edit: (body: Record<string, unknown>) => Record<string, unknown>,
): SimulatorResponse {
  return json(edit(parseJson(Buffer.from(answer.body)) as Record<string, unknown>));
}

/** The gateway's form: a JSON string inside the message. */
export function gatewayError(status: number, text = 'An internal error has occurred'): unknown {
  const code = status >= 500 ? 'InternalError' : status === 429 ? 'TooManyRequests' : 'BadRequest';
  return { error: { code, message: JSON.stringify({ _version: 3, Message: text }) } };
}
