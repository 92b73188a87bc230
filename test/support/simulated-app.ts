/** @module The health of an app that signs in to the simulator as its managed identity; started anew for every question. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDefaultHttpClient } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/core-auth';
import { IDENTITY_HEADER } from '../../dev/intune/entra/managed-identity.js';
import { SEED_IDS } from '../../dev/intune/seed.js';
import type { IntuneSimulator } from '../../dev/intune/server.js';
import { createHealthChecks } from '../../lib/app/health.js';
import { systemClock } from '../../lib/base/clock.js';
import { silentLogger } from '../../lib/base/log.js';
import { systemRandom } from '../../lib/base/random.js';
import { createGraphDirectory } from '../../lib/directory/graph-directory.js';
import { createHealthHandler } from '../../lib/http/health.js';
import { createIntuneClient } from '../../lib/intune/client.js';
import { PUBLIC_CLOUD } from '../../lib/intune/services.js';
import { systemDelay } from '../../lib/microsoft/deadline.js';

export interface SimulatedApp {
  readonly health: string;
  close(): Promise<void>;
}

/** @param directory whether the app reads devices and users. */
export async function startSimulatedApp(
  simulator: IntuneSimulator,
  directory: boolean,
): Promise<SimulatedApp> {
  const server = createServer((_request, response) => {
    askHealth(simulator, directory).then(
      (text) => response.writeHead(503, { 'content-type': 'application/json' }).end(text),
      () => response.destroy(),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    health: `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`,
    async close() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

function askHealth(simulator: IntuneSimulator, directory: boolean): Promise<string> {
  const shared = {
    credential: managedIdentity(simulator),
    httpClient: createDefaultHttpClient(),
    clock: systemClock,
    randomBytes: systemRandom,
    delay: systemDelay,
    logger: silentLogger,
    extraHosts: [new URL(simulator.url).host],
  };
  const cloud = { graphBaseUrl: simulator.url };
  const checks = createHealthChecks({
    // Keys and store are none of this app's business: they are out of order.
    keys: { authority: () => Promise.reject(new Error('no keys here')) },
    store: { get: () => Promise.reject(new Error('no store here')) },
    intune: createIntuneClient({ ...shared, cloud, callerInfo: 'test' }),
    ...(directory
      ? {
          directory: createGraphDirectory({
            ...shared,
            ...cloud,
            graphScope: PUBLIC_CLOUD.graphScope,
            userAgent: 'test',
            rules: { compliance: false },
          }),
        }
      : {}),
    events: { pending: () => Promise.resolve([]) },
    clock: systemClock,
  });
  return createHealthHandler(checks, 'test')().then(({ body }) => Buffer.from(body).toString());
}

function managedIdentity({ url }: IntuneSimulator): TokenCredential {
  return {
    async getToken(scope) {
      const resource = String(scope).replace(/\/\.default$/, '');
      const query = new URLSearchParams({
        resource,
        client_id: SEED_IDS.client,
        'api-version': '2019-08-01',
      });
      const response = await fetch(`${url}/msi/token?${query.toString()}`, {
        headers: { 'x-identity-header': IDENTITY_HEADER },
      });
      const { access_token: token } = (await response.json()) as { access_token: string };
      return { token, expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
}
