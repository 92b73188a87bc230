/**
 * @module The steps of the path, by what the server asks of others in them: where a fault can strike. `open` and `answer`
 * ask somebody only where the RA's key works in the vault; `queue` and `tell` take the place of `notify` where the
 * notification is deferred, `tell` in a timer.
 */
import type { PreparedAnswer, SeenRequest } from '../../support/faulty-proxy.js';

export const STEPS = {
  open: 'vault',
  recall: 'tables',
  validate: 'intune',
  reserve: 'tables',
  sign: 'vault',
  record: 'tables',
  notify: 'intune',
  answer: 'vault',
  deliver: 'tables',
  queue: 'tables',
  tell: 'intune',
} as const;

export type Step = keyof typeof STEPS;
export type Neighbour = (typeof STEPS)[Step];

/** The states that writes of the path lead to. */
const WRITES: Readonly<Record<string, Step>> = {
  reserved: 'reserve',
  issued: 'record',
  delivered: 'deliver',
};

function identifyTableRequest({ method, path, body }: SeenRequest): Step | undefined {
  if (method === 'GET') return path.includes("RowKey='k%7C") ? 'recall' : undefined;
  if (/^POST \S+\/outbox HTTP/m.test(body.toString('latin1'))) return 'queue';
  const [, state = ''] = /"State":"(\w+)"/.exec(body.toString('latin1')) ?? [];
  return WRITES[state];
}

const identifyIntuneRequest =
  (deferred: boolean) =>
  ({ path }: SeenRequest): Step | undefined => {
    if (path.endsWith('/ScepActions/validateRequest')) return 'validate';
    if (!path.endsWith('/ScepActions/successNotification')) return undefined;
    return deferred ? 'tell' : 'notify';
  };

function identifyVaultRequest({ path }: SeenRequest): Step | undefined {
  if (isCaSignature(path)) return 'sign';
  const [, operation] = /^\/keys\/skep-ra\/\w+\/(sign|decrypt)\b/.exec(path) ?? [];
  if (operation === undefined) return undefined;
  return operation === 'sign' ? 'answer' : 'open';
}

export const isCaSignature = (path: string): boolean => /^\/keys\/skep-ca\/\w+\/sign\b/.test(path);

type Identify = (request: SeenRequest) => Step | undefined;

/** @param deferred whether Intune is told later. */
export const identifiers = (deferred: boolean): Readonly<Record<Neighbour, Identify>> => ({
  tables: identifyTableRequest,
  intune: identifyIntuneRequest(deferred),
  vault: identifyVaultRequest,
});

/** How each of them says that it was asked too often. */
export const THROTTLING = {
  tables: { status: 503, body: '{"odata.error":{"code":"ServerBusy","message":{"value":"busy"}}}' },
  intune: { status: 429, headers: { 'retry-after': '30' }, body: '{"error":{"code":"TooManyRequests"}}' },
  vault: { status: 429, headers: { 'retry-after': '10' }, body: '{"error":{"code":"Throttled"}}' },
} as const satisfies Record<Neighbour, PreparedAnswer>;
