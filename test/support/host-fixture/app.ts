/** A small Functions app that shows what a host did with it. Bundled by the tests, never imported. */
import {
  app,
  type HttpRequest,
  type HttpResponseInit,
  type InvocationContext,
  type Timer,
} from '@azure/functions';

let loads = 0;
const timerInputs: Timer[] = [];
let running = 0;
let mostAtOnce = 0;
let startHookRan = false;

function show(request: HttpRequest): HttpResponseInit {
  return {
    jsonBody: {
      method: request.method,
      url: request.url,
      params: request.params,
      query: [...request.query],
      headers: Object.fromEntries(request.headers),
    },
  };
}

const anonymous = { authLevel: 'anonymous' } as const;

app.http('echo', { ...anonymous, handler: show });
app.http('mscep', { ...anonymous, route: 'certsrv/mscep/mscep.dll/{*rest}', handler: show });
app.http('item', { ...anonymous, route: 'items/{id:int}', handler: show });
app.http('person', { ...anonymous, route: 'people/{name?}', handler: show });
app.http('list', { ...anonymous, route: 'crl/{name}.crl', handler: show });
app.http('b-literal', {
  ...anonymous,
  route: 'overlap/literal',
  handler: () => ({ body: 'literal' }),
});
app.http('a-parameter', {
  ...anonymous,
  route: 'overlap/{any}',
  handler: () => ({ body: 'parameter' }),
});
app.http('headed', {
  ...anonymous,
  methods: ['HEAD'],
  handler: () => ({ headers: { 'x-headed': 'yes', 'content-length': '42' } }),
});
app.http('bytes', {
  ...anonymous,
  methods: ['POST'],
  handler: async (request: HttpRequest) => ({ body: new Uint8Array(await request.arrayBuffer()) }),
});
app.http('text', { ...anonymous, handler: () => ({ body: 'plain' }) });
app.http('nothing', { ...anonymous, handler: () => undefined as unknown as HttpResponseInit });
app.http('throws', {
  ...anonymous,
  handler: () => {
    throw new Error('on purpose');
  },
});
app.http('wrong-length', {
  ...anonymous,
  handler: () => ({ body: 'four', headers: { 'content-length': '5' } }),
});
app.http('cookie', {
  ...anonymous,
  handler: () => ({
    cookies: [
      { name: 'a', value: '1', path: '/', httpOnly: true, secure: true, sameSite: 'Strict', maxAge: 60 },
      { name: 'b', value: 'x y', expires: new Date(0 + 86_400_000) },
    ],
  }),
});
app.http('logs', {
  ...anonymous,
  handler: (_request: HttpRequest, context: InvocationContext) => {
    context.log('first', { n: 1 });
    context.warn('second');
    context.error('third');
    return { jsonBody: context.invocationId };
  },
});
app.http('slow', {
  ...anonymous,
  handler: async () => {
    const gate = (globalThis as { hostFixtureGate?: { entered(): void; opened: Promise<void> } })
      .hostFixtureGate;
    gate?.entered();
    await gate?.opened;
    return { body: 'done' };
  },
});
app.http('locked', { authLevel: 'function', handler: () => ({ body: 'open' }) });
app.http('state', {
  ...anonymous,
  handler: () => ({
    jsonBody: {
      loads: ++loads,
      setting: process.env['FIXTURE_SETTING'],
      startHookRan,
      timerInputs,
      mostAtOnce,
    },
  }),
});

app.timer('tick', {
  schedule: '%FIXTURE_SCHEDULE%',
  handler: async (input: Timer, context: InvocationContext) => {
    mostAtOnce = Math.max(mostAtOnce, ++running);
    timerInputs.push(input);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    context.log('ticked');
  },
});
app.timer('at-start', {
  schedule: '0 0 0 1 1 *',
  runOnStartup: true,
  handler: (_input: Timer, context: InvocationContext) => {
    context.log('started up');
  },
});
app.timer('failing', {
  schedule: '0 0 0 1 1 *',
  handler: () => {
    throw new Error('timer on purpose');
  },
});

app.hook.appStart(() => {
  startHookRan = true;
});
if (process.env['FIXTURE_HOOKS']) {
  app.hook.preInvocation((context) => {
    const inner = context.functionHandler;
    context.functionHandler = (input: unknown, invocation: InvocationContext): unknown => {
      invocation.log('before');
      return inner(input, invocation);
    };
    context.hookData['seen'] = context.invocationContext.functionName;
  });
  app.hook.postInvocation((context) => {
    if (context.error) {
      context.error = undefined;
      context.result = { status: 418, body: `rescued ${String(context.hookData['seen'])}` };
    }
  });
  app.hook.log((context) => {
    context.message = context.message.toUpperCase();
  });
}
