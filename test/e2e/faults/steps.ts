/** @module The steps of the path, by what the server asks of others in them: where a fault can strike. */
import type { PreparedAnswer, SeenRequest } from '../../support/faulty-proxy.js';

export const STEPS = {
  recall: 'tables',
  validate: 'intune',
  reserve: 'tables',
  sign: 'vault',
  record: 'tables',
  notify: 'intune',
  deliver: 'tables',
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
  const [, state = ''] = /"State":"(\w+)"/.exec(body.toString('latin1')) ?? [];
  return WRITES[state];
}

function identifyIntuneRequest({ path }: SeenRequest): Step | undefined {
  if (path.endsWith('/ScepActions/validateRequest')) return 'validate';
  return path.endsWith('/ScepActions/successNotification') ? 'notify' : undefined;
}

function identifyVaultRequest({ path }: SeenRequest): Step | undefined {
  return isCaSignature(path) ? 'sign' : undefined;
}

export const isCaSignature = (path: string): boolean => /^\/keys\/skep-ca\/\w+\/sign\b/.test(path);

export const IDENTIFY = {
  tables: identifyTableRequest,
  intune: identifyIntuneRequest,
  vault: identifyVaultRequest,
} as const satisfies Record<Neighbour, (request: SeenRequest) => Step | undefined>;

/** How each of them says that it was asked too often. */
export const THROTTLING = {
  tables: { status: 503, body: '{"odata.error":{"code":"ServerBusy","message":{"value":"busy"}}}' },
  intune: { status: 429, headers: { 'retry-after': '30' }, body: '{"error":{"code":"TooManyRequests"}}' },
  vault: { status: 429, headers: { 'retry-after': '10' }, body: '{"error":{"code":"Throttled"}}' },
} as const satisfies Record<Neighbour, PreparedAnswer>;
