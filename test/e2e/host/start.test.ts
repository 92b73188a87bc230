import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { startLocalHost } from '../../../dev/host/host.js';
import type { HostLogEntry } from '../../../dev/host/host-log.js';
import { bundleFixture } from '../../support/host-fixture/bundle.js';
import { FIXTURE_ENVIRONMENT, startFixture } from '../../support/host-fixture/start.js';

let appDir: string;
beforeAll(async () => {
  appDir = await bundleFixture();
});

const silent = () => undefined;
const httpApp = (options: string) =>
  `import { app } from '@azure/functions'; app.http('one', { handler: () => ({}), ${options} });`;

interface State {
  loads: number;
  setting?: string;
  startHookRan: boolean;
}
const stateOf = async (url: string) => (await (await fetch(`${url}/state`)).json()) as State;

describe('a start', () => {
  it('tells what it hosts', async () => {
    const { host } = await startFixture(appDir);
    try {
      expect(host.url).toBe(`http://127.0.0.1:${host.port}`);
      expect(host.modelVersion).toMatch(/^4\.\d+\.\d+$/);
      expect(host.functions).toContainEqual({
        name: 'item',
        trigger: 'http',
        route: 'items/{id:int}',
        methods: ['GET', 'POST'],
        authLevel: 'anonymous',
      });
      expect(host.functions).toContainEqual({ name: 'tick', trigger: 'timer', schedule: '0 0 0 1 1 *' });
      const names = host.functions.map(({ name }) => name);
      expect(names).toEqual([...names].sort());
      expect((await stateOf(host.url)).startHookRan).toBe(true);
    } finally {
      await host.close();
    }
  });

  it('gives each host of a process its own app state and environment', async () => {
    const one = await startFixture(appDir, { environment: { FIXTURE_SETTING: 'one' } });
    const two = await startFixture(appDir, { environment: { FIXTURE_SETTING: 'two' } });
    try {
      await stateOf(one.host.url);
      expect(await stateOf(one.host.url)).toMatchObject({ loads: 2, setting: 'one' });
      expect(await stateOf(two.host.url)).toMatchObject({ loads: 1, setting: 'two' });
      expect(one.host.masterKey).not.toBe(two.host.masterKey);
      expect(process.env['FIXTURE_SETTING']).toBeUndefined();
    } finally {
      await Promise.all([one.host.close(), two.host.close()]);
    }
  });

  it('loads further files of a bundle when they are asked for, once, as parts of the app', async () => {
    const several = await bundleFixture(`
      import { app } from '@azure/functions';
      const load = require;
      const body = () => JSON.stringify(load('./later.cjs'));
      app.http('later', { authLevel: 'anonymous', handler: () => ({ body: body() }) });`);
    const start = (setting: string) =>
      startLocalHost({ appDir: several, port: 0, environment: { FIXTURE_SETTING: setting }, log: silent });
    const [one, two] = await Promise.all([start('one'), start('two')]);
    const ask = (url: string) => fetch(`${url}/later`);
    try {
      expect((await ask(one.url)).status).toBe(500);
      writeFileSync(
        join(several, 'later.cjs'),
        'exports.setting = process.env.FIXTURE_SETTING; exports.loaded = String(process.hrtime.bigint());',
      );
      const first = (await (await ask(one.url)).json()) as { setting: string; loaded: string };
      expect(first.setting).toBe('one');
      expect(await (await ask(one.url)).json()).toEqual(first);
      const other = (await (await ask(two.url)).json()) as { setting: string; loaded: string };
      expect(other.setting).toBe('two');
      expect(other.loaded).not.toBe(first.loaded);
    } finally {
      await Promise.all([one.close(), two.close()]);
    }
  });

  it('takes a bundle and the host.json that it will have', async () => {
    const logged: HostLogEntry[] = [];
    const host = await startLocalHost({
      bundle: join(appDir, 'main.cjs'),
      hostJson: {
        version: '2.0',
        extensions: {
          http: { customHeaders: { 'X-Frame-Options': 'DENY' }, ...{ hsts: { isEnabled: true } } },
        },
      },
      port: 0,
      environment: FIXTURE_ENVIRONMENT,
      log: (entry) => logged.push(entry),
    });
    try {
      const found = await fetch(`${host.url}/api/text`);
      expect([found.status, found.headers.get('x-frame-options')]).toEqual([200, 'DENY']);
      expect((await fetch(`${host.url}/text`)).status).toBe(404);
      expect(host.functions.find(({ name }) => name === 'text')?.route).toBe('api/text');
      expect(logged.map(({ message }) => message)).toContain(
        'host.json: extensions.http.hsts has no effect in the local host',
      );
    } finally {
      await host.close();
    }
  });

  it.each([
    ['no function', 'ERR_HOST_NO_FUNCTIONS', 'export const nothing = 1;'],
    ['an entry that throws', 'ERR_HOST_LOAD', 'throw new Error("at load");'],
    ['an admin route', 'ERR_HOST_ROUTE', httpApp("route: 'Administrators'")],
    [
      'a route twice',
      'ERR_HOST_ROUTE',
      `${httpApp("route: 'x'")} app.http('two', { route: 'X', handler: () => ({}) });`,
    ],
    ['a name twice', 'ERR_HOST_FUNCTION', `${httpApp('')} app.get('One', () => ({}));`],
    ['HTTP streams', 'ERR_HOST_FUNCTION', `${httpApp('')} app.setup({ enableHttpStream: true });`],
    [
      'another trigger',
      'ERR_HOST_FUNCTION',
      "import { app } from '@azure/functions'; app.storageQueue('q', { queueName: 'q', connection: 'c', handler: () => {} });",
    ],
    [
      'a retry policy',
      'ERR_HOST_FUNCTION',
      "import { app } from '@azure/functions'; app.timer('t', { schedule: '0 0 0 1 1 *', handler: () => {}, retry: { strategy: 'fixedDelay', maxRetryCount: 1, delayInterval: 1 } });",
    ],
    [
      'a bad schedule',
      'ERR_HOST_SCHEDULE',
      "import { app } from '@azure/functions'; app.timer('t', { schedule: '@daily', handler: () => {} });",
    ],
    [
      'another programming model',
      'ERR_HOST_MODEL',
      `const core = require('@azure/functions-core');
       core.setProgrammingModel({ name: '@azure/functions', version: '3.5.0' });
       core.registerFunction({ name: 'f', bindings: {} }, () => {});`,
    ],
  ])('fails on %s', async (_, code, source) => {
    const broken = await bundleFixture(source);
    await expect(startLocalHost({ appDir: broken, port: 0, log: silent })).rejects.toMatchObject({ code });
  });

  it('fails on a missing folder, an impossible limit and a taken port', async () => {
    await expect(
      startLocalHost({ appDir: join(appDir, 'nowhere'), port: 0, log: silent }),
    ).rejects.toMatchObject({ code: 'ERR_HOST_JSON' });
    await expect(
      startFixture(appDir, { environment: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1 MB' } }),
    ).rejects.toMatchObject({ code: 'ERR_HOST_SETTING' });
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(
      startLocalHost({ appDir, port, environment: FIXTURE_ENVIRONMENT, log: silent }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
    other.close();
  });

  it('lets no function be registered later, and no hook of an unknown name ever', async () => {
    const late = await bundleFixture(`
      ${httpApp("route: 'late'")}
      const tries = [];
      const note = (attempt) => { try { attempt(); tries.push('fine'); } catch (error) { tries.push(error.code ?? error.name); } };
      const core = require('@azure/functions-core');
      note(() => core.registerHook('unheardOf', () => {}));
      app.get('tries', () => {
        note(() => app.get('later', () => ({})));
        return { jsonBody: tries };
      });`);
    const { host } = await startFixture(late);
    try {
      const tries: unknown = await (await fetch(`${host.url}/tries`)).json();
      expect(tries).toEqual(['RangeError', 'ERR_HOST_FUNCTION']);
    } finally {
      await host.close();
    }
  });
});
