/** @module Graph as canned answers by path, and the directory on top of it: no sockets, no waiting. */
import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import { createLogger } from '../../../lib/base/log.js';
import {
  createGraphDirectory,
  type GraphDirectory,
  type GraphDirectoryOptions,
} from '../../../lib/directory/graph-directory.js';
import { jwt } from '../intune/fake-cloud.js';
import { createVirtualTime, type VirtualTime } from '../microsoft/virtual-time.js';

export type Canned =
  { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> } | 'hang';

export const found = (body: unknown): Canned => ({ status: 200, body });
export const NOT_FOUND: Canned = { status: 404, body: { error: { code: 'Request_ResourceNotFound' } } };

export const IDS = {
  managed: '11111111-0000-4000-8000-000000000001',
  entra: '22222222-0000-4000-8000-000000000001',
  object: '33333333-0000-4000-8000-000000000001',
  user: '44444444-0000-4000-8000-000000000001',
} as const;

export interface FakeGraph {
  readonly directory: GraphDirectory;
  readonly time: VirtualTime;
  /** Paths with their queries, below `/v1.0/`, decoded. */
  readonly asked: string[];
  readonly headers: Record<string, string>[];
  readonly lines: string[];
}

/**
 * @param answers by how the decoded path below `/v1.0/` begins, the longest match counts; a list is used up from its
 *   front, its last one for ever. What is not there is not found.
 */
export function createFakeGraph(
  answers: Readonly<Record<string, Canned | readonly Canned[]>>,
  overrides: Partial<GraphDirectoryOptions> = {},
  roles: readonly string[] = [],
): FakeGraph {
  const time = createVirtualTime();
  const asked: string[] = [];
  const headers: Record<string, string>[] = [];
  const lines: string[] = [];
  const queues = new Map(
    Object.entries(answers).map(([path, given]): [string, Canned[]] => [path, [given].flat()]),
  );
  const httpClient: HttpClient = {
    async sendRequest(request) {
      await Promise.resolve();
      const path = decodeURIComponent(request.url).replace(/^https:\/\/graph\.microsoft\.com\/v1\.0\//, '');
      asked.push(path);
      headers.push(request.headers.toJSON({ preserveCase: true }));
      const [key = ''] = [...queues.keys()]
        .filter((start) => path.startsWith(start))
        .sort((a, b) => b.length - a.length);
      const queue = queues.get(key) ?? [NOT_FOUND];
      const canned = (queue.length > 1 ? queue.shift() : queue[0]) as Canned;
      if (canned === 'hang') return new Promise<never>(() => undefined);
      const { status, body = '', headers: own = {} } = canned;
      return {
        request,
        status,
        headers: createHttpHeaders(own),
        bodyAsText: typeof body === 'string' ? body : JSON.stringify(body),
      };
    },
  };
  let tokens = 0;
  const directory = createGraphDirectory({
    credential: {
      getToken: () =>
        Promise.resolve({
          token: jwt({ roles, n: ++tokens }),
          expiresOnTimestamp: time.clock.now().getTime() + 3_600_000,
        }),
    },
    httpClient,
    clock: time.clock,
    randomBytes: (length) => new Uint8Array(length).fill(1),
    delay: time.delay,
    logger: createLogger((level, line) => lines.push(`${level} ${line}`), 'debug'),
    userAgent: 'Skep/0.1.0',
    graphBaseUrl: 'https://graph.microsoft.com/',
    graphScope: 'https://graph.microsoft.com/.default',
    rules: { compliance: false },
    ...overrides,
  });
  return { directory, time, asked, headers, lines };
}

export const managedDevice = (changes: object = {}): object => ({
  id: IDS.managed,
  azureADDeviceId: IDS.entra,
  userPrincipalName: 'Robin@example.com',
  operatingSystem: 'Windows',
  complianceState: 'compliant',
  deviceActionResults: [],
  ...changes,
});

export const entraDevice = (changes: object = {}): object => ({
  id: IDS.object,
  deviceId: IDS.entra,
  accountEnabled: true,
  onPremisesSecurityIdentifier: null,
  ...changes,
});

export const entraUser = (changes: object = {}): object => ({
  id: IDS.user,
  userPrincipalName: 'Robin@example.com',
  accountEnabled: true,
  onPremisesSecurityIdentifier: 'S-1-5-21-1-2-3-1104',
  ...changes,
});

/** Paths of the objects above. */
export const PATHS = {
  managed: `deviceManagement/managedDevices/${IDS.managed}`,
  managedOfEntra: 'deviceManagement/managedDevices?$filter',
  managedList: 'deviceManagement/managedDevices?$select',
  entra: `devices(deviceId='${IDS.entra}')`,
  user: 'users/robin@example.com',
  userById: `users/${IDS.user}`,
} as const;
