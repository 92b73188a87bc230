/** @module Graph, Intune and a credential, as small as the tests of the client need them: handlers, no sockets. */
import type { TokenCredential } from '@azure/core-auth';
import { createHttpHeaders, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline';
import { createLogger } from '../../../lib/base/log.js';
import {
  createIntuneClient,
  type IntuneClient,
  type IntuneClientOptions,
} from '../../../lib/intune/client.js';
import type { HttpReply } from '../../../lib/microsoft/transport.js';
import { createVirtualTime, type VirtualTime } from '../microsoft/virtual-time.js';

export const SCEP_BASE =
  'https://fef.msuc02.manage.microsoft.com/RACerts/ScepRequestValidationFEService/Gateway/StatelessScepRequestValidationService';
export const PKI_BASE =
  'https://fef.msuc02.manage.microsoft.com/RACerts/StatelessPkiConnectorService/Gateway/StatelessPkiConnectorService';

/** What a handler answers: a status and a body, or what it throws; `hang` never answers. */
export type Fate =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | { readonly throws: string }
  | 'hang';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly atMs: number;
}

export function reply(status: number, body: unknown, headers: Record<string, string> = {}): HttpReply {
  return {
    status,
    headers: createHttpHeaders(headers),
    text: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

export function jwt(payload: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(payload)}.c2lnbmF0dXJl`;
}

export const endpointList = (scepUri = `${SCEP_BASE}/`, pkiUri = PKI_BASE): Fate => ({
  status: 200,
  body: {
    value: [
      { providerName: null, uri: 'https://example.org/nameless' },
      { providerName: 'Other', uri: null },
      { providerName: 'scepREQUESTvalidationFEservice', uri: scepUri },
      { providerName: 'PkiConnectorFEService', uri: pkiUri },
    ],
  },
});

export const verdict = (code: string, errorDescription = ''): Fate => ({
  status: 200,
  body: { '@odata.context': 'x', code, errorDescription },
});

export interface FakeCloud {
  readonly time: VirtualTime;
  readonly client: IntuneClient;
  readonly seen: SeenRequest[];
  readonly toIntune: () => SeenRequest[];
  readonly toGraph: () => SeenRequest[];
  readonly tokensAsked: string[];
  readonly lines: string[];
}

/**
 * @param fates answers in order, the last one for ever: `intune` for actions, `graph` for the endpoint list.
 * @param overrides of the client's options.
 */
export function createFakeCloud(
  fates: { readonly intune?: readonly Fate[]; readonly graph?: readonly Fate[] } = {},
  overrides: Partial<IntuneClientOptions> = {},
): FakeCloud {
  const time = createVirtualTime();
  const seen: SeenRequest[] = [];
  const tokensAsked: string[] = [];
  const lines: string[] = [];
  const isGraph = ({ url }: { readonly url: string }) => new URL(url).hostname === 'graph.microsoft.com';
  const queues = {
    graph: [...(fates.graph ?? [endpointList()])],
    intune: [...(fates.intune ?? [verdict('Success')])],
  };

  const httpClient: HttpClient = {
    async sendRequest(request) {
      seen.push(record(request, time.elapsedMs()));
      const queue = queues[isGraph(request) ? 'graph' : 'intune'];
      const fate = queue.length > 1 ? queue.shift() : queue[0];
      if (fate === undefined || fate === 'hang') return new Promise<never>(() => undefined);
      if ('throws' in fate) throw Object.assign(new Error('no connection'), { code: fate.throws });
      const { status, headers, text } = reply(fate.status, fate.body ?? '', fate.headers);
      await Promise.resolve();
      return { request, status, headers: headers as ReturnType<typeof createHttpHeaders>, bodyAsText: text };
    },
  };
  const credential: TokenCredential = {
    getToken(scope) {
      tokensAsked.push(String(scope));
      const token = jwt({ roles: ['scep_challenge_provider'], n: tokensAsked.length });
      return Promise.resolve({ token, expiresOnTimestamp: time.clock.now().getTime() + 3_600_000 });
    },
  };
  let counter = 0;
  const client = createIntuneClient({
    credential,
    httpClient,
    clock: time.clock,
    randomBytes: (length) => new Uint8Array(length).fill(counter++),
    delay: time.delay,
    logger: createLogger((level, line) => lines.push(`${level} ${line}`), 'debug'),
    callerInfo: 'Skep/0.1.0',
    ...overrides,
  });
  return {
    time,
    client,
    seen,
    tokensAsked,
    lines,
    toIntune: () => seen.filter((request) => !isGraph(request)),
    toGraph: () => seen.filter(isGraph),
  };
}

function record(request: PipelineRequest, atMs: number): SeenRequest {
  return {
    method: request.method,
    url: request.url,
    headers: request.headers.toJSON({ preserveCase: true }),
    body: typeof request.body === 'string' ? request.body : '',
    atMs,
  };
}
