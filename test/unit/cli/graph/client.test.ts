import { describe, expect, it } from 'vitest';
import { createGraphClient, type GraphClient } from '../../../../cli/graph/client.js';
import { GraphRefusal, isForbidden } from '../../../../cli/graph/refusal.js';
import { createHttpClient } from '../../../../cli/http-client.js';
import { CliError, EXIT } from '../../../../cli/terminal.js';
import { createVirtualTime } from '../../microsoft/virtual-time.js';

const ROOT = 'https://graph.microsoft.com/v1.0/';
const TOKEN = `e30.${Buffer.from('{"scp":"Directory.Read.All"}').toString('base64url')}.x`;

type Step = Response | Error;

const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), { status, headers });

const refusal = (status: number, code: string): Response =>
  json({ error: { code, message: 'Insufficient privileges.' } }, status);

/** A client whose Graph answers with `steps`, one for each request that it gets. */
function setUp(
  steps: readonly Step[],
  credential = () => Promise.resolve({ token: TOKEN, expiresOnTimestamp: 9e15 }),
) {
  const time = createVirtualTime();
  const requests: { method: string; url: string; body: unknown; redirect: unknown; token: string | null }[] =
    [];
  const notes: string[] = [];
  const rest = [...steps];
  const graph = createGraphClient({
    baseUrl: 'https://graph.microsoft.com/',
    scope: 'https://graph.microsoft.com/.default',
    credential: { getToken: credential },
    httpClient: createHttpClient((url, { method = '', body = null, headers, redirect }) => {
      requests.push({ method, url, body, redirect, token: new Headers(headers).get('authorization') });
      const step = rest.shift() ?? new Error('no further answer');
      return step instanceof Error ? Promise.reject(step) : Promise.resolve(step);
    }),
    clock: time.clock,
    randomBytes: (length) => new Uint8Array(length),
    delay: time.delay,
    note: (text) => notes.push(text),
  });
  const fail = async (work: (graph: GraphClient) => Promise<unknown>): Promise<CliError> => {
    const thrown: unknown = await time.run(
      work(graph).then(
        () => undefined,
        (reason: unknown) => reason,
      ),
    );
    if (!(thrown instanceof CliError)) throw new Error('it did not fail as commands do');
    return thrown;
  };
  return { graph, time, requests, notes, fail };
}

const lost = (code: string) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('lost'), { code }) });

describe('reading', () => {
  it('reads one object, with the token and without following redirects', async () => {
    const { graph, time, requests } = setUp([json({ id: 'a' })]);
    expect(await time.run(graph.get('servicePrincipals/a?$select=id'))).toEqual({ id: 'a' });
    expect(requests).toEqual([
      {
        method: 'GET',
        url: `${ROOT}servicePrincipals/a?$select=id`,
        body: null,
        redirect: 'manual',
        token: `Bearer ${TOKEN}`,
      },
    ]);
  });

  it('reads a list to its end', async () => {
    const { graph, time, requests } = setUp([
      json({ value: [{ id: 'a' }], '@odata.nextLink': `${ROOT}users?$skiptoken=2` }),
      json({ value: [{ id: 'b' }] }),
    ]);
    expect(await time.run(graph.list('users'))).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(requests.map(({ url }) => url)).toEqual([`${ROOT}users`, `${ROOT}users?$skiptoken=2`]);
  });

  it.each([
    'https://graph.microsoft.com.example/v1.0/users?$skiptoken=2',
    'http://graph.microsoft.com/v1.0/users',
    'x',
  ])('shows its token to no other host, also when a page names it: %s', async (link) => {
    const { fail, requests } = setUp([json({ value: [], '@odata.nextLink': link })]);
    expect(await fail((graph) => graph.list('users'))).toMatchObject({ code: 'ERR_GRAPH_UNAVAILABLE' });
    expect(requests).toHaveLength(1);
  });

  it.each([
    json({ value: 1 }),
    new Response('<html>'),
    new Response(null, { status: 302, headers: { location: ROOT } }),
  ])('takes nothing else for a list', async (answer) => {
    const { fail, requests } = setUp([answer]);
    expect((await fail((graph) => graph.list('users'))).exitCode).toBe(EXIT.failed);
    expect(requests).toHaveLength(1);
  });
});

describe('waiting', () => {
  it('comes back when Graph says, and tells so', async () => {
    const { graph, time, notes } = setUp([json({}, 429, { 'retry-after': '40' }), json({ id: 'a' })]);
    expect(await time.run(graph.get('x'))).toEqual({ id: 'a' });
    expect(time.elapsedMs()).toBe(40_000);
    expect(notes).toEqual([expect.stringContaining('GET x answered HTTP 429')]);
  });

  it('does not wait longer than somebody would', async () => {
    const { fail, requests } = setUp([json({}, 503, { 'retry-after': '600' })]);
    expect(await fail((graph) => graph.get('x'))).toMatchObject({ code: 'ERR_GRAPH_UNAVAILABLE' });
    expect(requests).toHaveLength(1);
  });
});

describe('writing', () => {
  it('posts JSON', async () => {
    const { graph, time, requests } = setUp([json({ id: 'made' }, 201)]);
    expect(await time.run(graph.post('things', { name: 'n' }))).toEqual({ id: 'made' });
    expect(requests).toMatchObject([{ method: 'POST', body: '{"name":"n"}' }]);
  });

  it('posts again what Graph turned away, or what never left', async () => {
    const { graph, time, requests } = setUp([json({}, 503), lost('ECONNREFUSED'), json({ id: 'made' }, 201)]);
    expect(await time.run(graph.post('things', {}))).toEqual({ id: 'made' });
    expect(requests).toHaveLength(3);
  });

  it.each([json({}, 500), json({}, 504), lost('ECONNRESET')])(
    'does not post again what may have been done',
    async (answer) => {
      const { fail, requests } = setUp([answer]);
      expect(await fail((graph) => graph.post('things', {}))).toMatchObject({
        code: 'ERR_GRAPH_UNAVAILABLE',
      });
      expect(requests).toHaveLength(1);
    },
  );

  it('patches again: twice is as good as once', async () => {
    const { graph, time, requests } = setUp([lost('ECONNRESET'), new Response(null, { status: 204 })]);
    await time.run(graph.patch('things/a', { name: 'n' }));
    expect(requests.map(({ method }) => method)).toEqual(['PATCH', 'PATCH']);
  });
});

describe('a refusal', () => {
  it('by role names what the token carries', async () => {
    const { fail, requests } = setUp([refusal(403, 'Authorization_RequestDenied')]);
    const thrown = await fail((graph) => graph.post('things', {}));
    expect(isForbidden(thrown)).toBe(true);
    expect(thrown).toMatchObject({ code: 'ERR_GRAPH_FORBIDDEN', exitCode: EXIT.failed });
    expect(thrown.message).toContain('permissions of the token: Directory.Read.All');
    expect(requests).toHaveLength(1);
  });

  it.each([400, 404, 409])('with HTTP %i carries the status', async (status) => {
    const { fail } = setUp([refusal(status, 'Request_X')]);
    const thrown = await fail((graph) => graph.get('things'));
    expect(thrown).toBeInstanceOf(GraphRefusal);
    expect(thrown).toMatchObject({ status, code: 'ERR_GRAPH_REFUSED' });
    expect(isForbidden(thrown)).toBe(false);
    expect(thrown.message).toContain('Request_X: Insufficient privileges.');
  });

  it('of the sign-in is the sign-in’s own', async () => {
    const own = new CliError(EXIT.failed, 'ERR_SIGN_IN', 'no', 'next');
    const { fail, requests } = setUp([], () => Promise.reject(own));
    expect(await fail((graph) => graph.get('x'))).toBe(own);
    expect(requests).toEqual([]);
  });

  it('of an unknown kind is a failed sign-in too', async () => {
    const { fail } = setUp([], () => Promise.reject(new Error('AADSTS50076: something')));
    const thrown = await fail((graph) => graph.get('x'));
    expect(thrown.code).toBe('ERR_SIGN_IN');
    expect(thrown.message).toContain('AADSTS50076');
  });
});
