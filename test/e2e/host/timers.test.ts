import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LocalHost } from '../../../dev/host/host.js';
import type { HostLogEntry } from '../../../dev/host/host-log.js';
import { bundleFixture } from '../../support/host-fixture/bundle.js';
import { startFixture } from '../../support/host-fixture/start.js';

let host: LocalHost;
let logged: HostLogEntry[];

beforeAll(async () => {
  ({ host, logged } = await startFixture(await bundleFixture()));
});
afterAll(() => host.close());

interface State {
  timerInputs: { isPastDue: boolean; schedule: object; scheduleStatus: Record<string, string> }[];
  mostAtOnce: number;
}
const state = async () => (await (await fetch(`${host.url}/state`)).json()) as State;
const linesOf = (name: string) => logged.filter(({ functionName }) => functionName === name);
const post = async (path: string) => (await fetch(host.url + path, { method: 'POST' })).status;

describe('timer functions', () => {
  it('run at the start when they want to', async () => {
    await vi.waitFor(() => {
      expect(linesOf('at-start')).toMatchObject([{ level: 'information', message: 'started up' }]);
    });
  });

  it('run on demand, one run after the other, with the documented input', async () => {
    await Promise.all([host.invokeTimer('tick'), host.invokeTimer('TICK'), host.invokeTimer('tick')]);
    const { timerInputs, mostAtOnce } = await state();
    expect(timerInputs).toHaveLength(3);
    expect(mostAtOnce).toBe(1);
    expect(timerInputs[0]).toMatchObject({ isPastDue: false, schedule: { adjustForDST: true } });
    expect(timerInputs[0]?.scheduleStatus['last']).toBe('0001-01-01T00:00:00.000Z');
    expect(timerInputs[0]?.scheduleStatus['next']).toMatch(/^\d{4}-01-01T00:00:00\.000Z$/);
    expect(timerInputs[1]?.scheduleStatus['last']).toMatch(/^20/);
  });

  it('hand their failure to the caller, and log it', async () => {
    await expect(host.invokeTimer('failing')).rejects.toThrow('timer on purpose');
    expect(linesOf('failing')).toMatchObject([{ level: 'error', category: 'host' }]);
    await expect(host.invokeTimer('unheard-of')).rejects.toMatchObject({ code: 'ERR_HOST_TIMER_UNKNOWN' });
    await expect(host.invokeTimer('echo')).rejects.toMatchObject({ code: 'ERR_HOST_TIMER_UNKNOWN' });
  });

  it('are started by POST /admin/functions/<name>', async () => {
    const before = linesOf('tick').length;
    expect(await post('/admin/functions/tick')).toBe(202);
    expect(await post('/Admin/Functions/Failing')).toBe(202);
    expect(await post('/admin/functions/unheard-of')).toBe(404);
    expect(await post('/admin/functions/echo')).toBe(404);
    expect((await fetch(`${host.url}/admin/functions/tick`)).status).toBe(404);
    await vi.waitFor(() => {
      expect(linesOf('tick')).toHaveLength(before + 1);
    });
  });
});
