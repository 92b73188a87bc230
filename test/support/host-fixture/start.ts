/** The fixture app in a running host, with everything it logged. */
import { type LocalHost, type LocalHostOptions, startLocalHost } from '../../../dev/host/host.js';
import type { HostLogEntry } from '../../../dev/host/host-log.js';

export const FIXTURE_ENVIRONMENT = { FIXTURE_SCHEDULE: '0 0 0 1 1 *' } as const;

type Overrides = Partial<Pick<LocalHostOptions, 'enforceKeys' | 'environment' | 'limits'>>;

/** @param appDir of `bundleFixture`; the port is a free one. */
export async function startFixture(
  appDir: string,
  overrides: Overrides = {},
): Promise<{ host: LocalHost; logged: HostLogEntry[] }> {
  const logged: HostLogEntry[] = [];
  const host = await startLocalHost({
    appDir,
    port: 0,
    log: (entry) => logged.push(entry),
    ...overrides,
    environment: { ...FIXTURE_ENVIRONMENT, ...overrides.environment },
  });
  return { host, logged };
}
