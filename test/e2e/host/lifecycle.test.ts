import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundleFixture } from '../../support/host-fixture/bundle.js';
import { sendRaw } from '../../support/host-fixture/raw-http.js';
import { startFixture } from '../../support/host-fixture/start.js';

let appDir: string;
beforeAll(async () => {
  appDir = await bundleFixture();
});

/** The `slow` function of the fixture tells when it was entered and waits for `open`. */
function createGate() {
  let entered = (): void => undefined;
  let open = (): void => undefined;
  const inside = new Promise<void>((resolve) => (entered = resolve));
  const opened = new Promise<void>((resolve) => (open = resolve));
  Object.assign(globalThis, { hostFixtureGate: { entered, opened } });
  return { inside, open };
}
afterEach(() => {
  Reflect.deleteProperty(globalThis, 'hostFixtureGate');
});

describe('connections', () => {
  it('are kept for the next request', async () => {
    const { host } = await startFixture(appDir);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const localPort = () =>
      new Promise<number | undefined>((resolve, reject) => {
        const call = request(`${host.url}/text`, { agent }, (response) => {
          const port = response.socket.localPort;
          response.resume().once('end', () => {
            resolve(port);
          });
        });
        call.once('error', reject).end();
      });
    try {
      const first = await localPort();
      expect(await localPort()).toBe(first);
    } finally {
      agent.destroy();
      await host.close();
    }
  });

  it.each([
    ['the head', 'GET /text HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
    ['the body', 'POST /bytes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc'],
  ])('of a client that does not finish %s end with 408', async (_, text) => {
    const { host } = await startFixture(appDir, { limits: { headersTimeoutMs: 50, requestTimeoutMs: 50 } });
    try {
      expect(await sendRaw(host.port, text)).toMatch(/^HTTP\/1\.1 408 /);
    } finally {
      await host.close();
    }
  });

  it('that were never used do not hold up the end', async () => {
    const { host } = await startFixture(appDir, { limits: { closeGraceMs: 60_000 } });
    const socket = connect(host.port, '127.0.0.1');
    await once(socket, 'connect');
    const gone = once(
      socket.on('error', () => undefined),
      'close',
    );
    // Only a connection that the host has taken can be closed by it: one that came later proves it.
    await fetch(`${host.url}/text`);
    await host.close();
    await gone;
  });
});

describe('close', () => {
  it('answers what is under way, then nothing more', async () => {
    const { host } = await startFixture(appDir);
    const gate = createGate();
    const pending = fetch(`${host.url}/slow`);
    await gate.inside;
    const closed = host.close();
    expect(host.close()).toBe(closed);
    await expect(fetch(`${host.url}/text`)).rejects.toThrow();
    gate.open();
    const response = await pending;
    expect([response.status, await response.text()]).toEqual([200, 'done']);
    await closed;
  });

  it('waits no longer than the grace', async () => {
    const { host } = await startFixture(appDir, { limits: { closeGraceMs: 20 } });
    const gate = createGate();
    const pending = fetch(`${host.url}/slow`).catch(() => 'cut off');
    await gate.inside;
    await host.close();
    expect(await pending).toBe('cut off');
    gate.open();
  });

  it('waits no longer than the grace for a timer function either', async () => {
    const stuck = await bundleFixture(`
      import { app } from '@azure/functions';
      app.timer('stuck', { schedule: '0 0 0 1 1 *', runOnStartup: true, handler: () => new Promise(() => {}) });`);
    const { host } = await startFixture(stuck, { limits: { closeGraceMs: 20 } });
    await host.close();
  });

  it('runs the terminate hooks, once', async () => {
    const counting = await bundleFixture(`
      import { app } from '@azure/functions';
      app.get('one', () => ({}));
      app.hook.appTerminate(() => { globalThis.terminated = (globalThis.terminated ?? 0) + 1; });`);
    const { host } = await startFixture(counting);
    await Promise.all([host.close(), host.close()]);
    expect(Reflect.get(globalThis, 'terminated')).toBe(1);
    Reflect.deleteProperty(globalThis, 'terminated');
  });
});
